import { msToNearMemory, NEAR } from '../../policy/limits.ts';
import { isUp, runOf } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { CpuLook, CpuLooker, TreeRoot } from '../sampling/sampler.ts';

const NO_LOOKS: ReadonlyMap<string, CpuLook> = new Map();
/** A program that uses less of a core fills at most some MB between two looks. */
const LEAST_FILLING_PERCENT = 2;

/** A program that is close to its CPU limit, or above it, as the last look found it. */
export interface HotProgram {
  readonly root: TreeRoot;
  readonly look: CpuLook;
}

/** What a look has found. */
export interface Found {
  readonly hot: readonly HotProgram[];
  /** The programs that have used enough CPU time to fill their memory up to their limit. */
  readonly filling: readonly string[];
}

interface Watched {
  readonly entry: ManagedProgram;
  readonly root: TreeRoot;
  /** Infinity without a CPU limit. */
  readonly nearPercent: number;
}

/**
 * Looks at the CPU usage of the programs with a limit: it may exceed the CPU limit, and memory that grows costs CPU time. A
 * look costs nothing without such programs.
 */
export class CpuWatch {
  readonly #programs: Engine['programs'];
  readonly #looker: CpuLooker | undefined;
  readonly #intervalMs: number;
  readonly #watched = new Map<string, Watched>();
  #isStale = true;
  #last = NO_LOOKS;

  /** @param intervalMs the time between two looks */
  constructor(
    engine: Pick<Engine, 'programs' | 'onChange'>,
    looker: CpuLooker | undefined,
    { intervalMs }: { readonly intervalMs: number },
  ) {
    this.#programs = engine.programs;
    this.#looker = looker;
    this.#intervalMs = intervalMs;
    engine.onChange.add(() => (this.#isStale = true));
  }

  /** Returns whether there is any program to look at. */
  get isNeeded(): boolean {
    if (this.#looker === undefined) return false;
    if (this.#isStale) this.#follow(this.#looker);
    return this.#watched.size > 0;
  }

  /** Returns the programs that have used much since the previous look. */
  look(): Found {
    this.#last = this.isNeeded && this.#looker !== undefined ? this.#looker.look() : NO_LOOKS;
    const hot: HotProgram[] = [];
    const filling: string[] = [];
    for (const [id, look] of this.#last) {
      const watched = this.#watched.get(id);
      if (watched === undefined) continue;
      if (look.percent > watched.nearPercent) hot.push({ root: watched.root, look });
      if (this.#isFilling(watched.entry, look)) filling.push(id);
    }
    return { hot, filling };
  }

  /** Combines a measurement from the files of the processes with the last look, in percent of one core. */
  combine(id: string, cpuPercent: number | null): number | null {
    const look = this.#last.get(id);
    if (look === undefined) return cpuPercent;
    return look.isWhole ? look.percent : Math.max(look.percent, cpuPercent ?? 0);
  }

  #isFilling({ usage, program }: ManagedProgram, { percent }: CpuLook): boolean {
    const neededMs = msToNearMemory(usage?.memoryMb ?? 0, program.spec.limits);
    return neededMs !== null && percent > LEAST_FILLING_PERCENT && percent * this.#intervalMs >= neededMs * 100;
  }

  #follow(looker: CpuLooker): void {
    this.#isStale = false;
    this.#watched.clear();
    let leastPercent = Infinity;
    for (const [id, entry] of this.#programs) {
      const { spec, state } = entry.program;
      const { cpuPercent, memoryMb } = spec.limits;
      const run = runOf(state);
      if ((cpuPercent === null && memoryMb === null) || run === null || !isUp(state)) continue;
      const nearPercent = (cpuPercent ?? Infinity) * NEAR;
      leastPercent = Math.min(leastPercent, memoryMb === null ? nearPercent : LEAST_FILLING_PERCENT);
      this.#watched.set(id, { entry, root: { id, pid: run.pid, startTicks: run.startTicks }, nearPercent });
    }
    looker.watch(
      [...this.#watched.values()].map(({ root }) => root),
      leastPercent,
    );
  }
}
