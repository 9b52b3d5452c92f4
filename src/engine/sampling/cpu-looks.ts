import type { CpuLook, CpuLooker, MonotonicNow, TreeRoot } from './sampler.ts';
import type { TreeClock, TreeClocks } from './tree-clocks.ts';

interface Baseline {
  readonly root: TreeRoot;
  readonly clock: TreeClock;
  /** The CPU time of all programs at that time. */
  readonly allMs: number;
}

/** A shorter time between two looks is too short for a rate. */
const SHORTEST_MS = 50;
const NOTHING: ReadonlyMap<string, CpuLook> = new Map();

/**
 * Looks at the clocks of programs, whose files are not read. While all programs together use too little to exceed a limit, a
 * look is a single read.
 */
export class CpuLooks implements CpuLooker {
  readonly #now: MonotonicNow;
  readonly #clocks: TreeClocks;
  #roots: readonly TreeRoot[] = [];
  #leastPercent = 0;
  /** Whether each program has a baseline, so that nothing has to be read while all are quiet. */
  #isPrimed = false;
  #baselines = new Map<string, Baseline>();
  #lookedAtMs = -Infinity;
  /** The CPU time of all programs at the previous look. */
  #allMs = 0;

  constructor(now: MonotonicNow, clocks: TreeClocks) {
    this.#now = now;
    this.#clocks = clocks;
  }

  watch(roots: readonly TreeRoot[], leastPercent: number): void {
    this.#roots = roots;
    this.#leastPercent = leastPercent;
    this.#isPrimed = roots.every((root) => isOf(this.#baselines.get(root.id), root));
    this.#clocks.keep(roots.map(({ id }) => id));
  }

  look(): ReadonlyMap<string, CpuLook> {
    const nowMs = this.#now();
    const elapsedMs = nowMs - this.#lookedAtMs;
    if (elapsedMs < SHORTEST_MS) return NOTHING;
    const previousMs = this.#allMs;
    const allMs = this.#clocks.readAll();
    this.#lookedAtMs = nowMs;
    this.#allMs = allMs ?? 0;
    const spentMs = allMs === null ? Infinity : allMs - previousMs;
    // A clock of the machine that runs backwards counts other cores than Node does.
    const isQuiet = this.#isPrimed && spentMs >= 0 && spentMs * 100 < this.#leastPercent * elapsedMs;
    return isQuiet ? NOTHING : this.#readAll(elapsedMs, previousMs);
  }

  close(): void {
    this.#clocks.close();
  }

  #readAll(elapsedMs: number, previousMs: number): ReadonlyMap<string, CpuLook> {
    const looks = new Map<string, CpuLook>();
    const baselines = new Map<string, Baseline>();
    for (const root of this.#roots) {
      const clock = this.#clocks.read(root.id);
      if (clock === null) continue;
      baselines.set(root.id, { root, clock, allMs: this.#allMs });
      const before = this.#baselines.get(root.id);
      if (before === undefined || !isComparable(before, root, clock)) continue;
      // What the program used before the previous look is at most what all programs used in those quiet moments.
      const spentMs = clock.ms - before.clock.ms - Math.max(0, previousMs - before.allMs);
      looks.set(root.id, { percent: Math.max(0, (spentMs * 100) / elapsedMs), isWhole: clock.isWhole });
    }
    this.#baselines = baselines;
    this.#isPrimed = true;
    return looks;
  }
}

/** A new run, and another kind of clock, start from scratch. */
function isComparable(before: Baseline, root: TreeRoot, { isWhole }: TreeClock): boolean {
  return isOf(before, root) && before.clock.isWhole === isWhole;
}

function isOf(baseline: Baseline | undefined, { pid, startTicks }: TreeRoot): boolean {
  return baseline?.root.pid === pid && baseline.root.startTicks === startTicks;
}
