import { NEAR } from '../../policy/limits.ts';
import { isUp, runOf } from '../../policy/lifecycle/state.ts';
import type { Engine } from '../core/engine.ts';
import type { CpuLook, CpuLooker, TreeRoot } from '../sampling/sampler.ts';

const NO_LOOKS: ReadonlyMap<string, CpuLook> = new Map();

/** A program that is close to its CPU limit, or above it, as the last look found it. */
export interface HotProgram {
  readonly root: TreeRoot;
  readonly look: CpuLook;
}

/** Looks at the CPU usage of the programs with a CPU limit. It costs nothing without such programs. */
export class CpuWatch {
  readonly #programs: Engine['programs'];
  readonly #looker: CpuLooker | undefined;
  readonly #watched = new Map<string, { readonly root: TreeRoot; readonly nearPercent: number }>();
  #isStale = true;
  #last = NO_LOOKS;

  constructor(engine: Pick<Engine, 'programs' | 'onChange'>, looker: CpuLooker | undefined) {
    this.#programs = engine.programs;
    this.#looker = looker;
    engine.onChange.add(() => (this.#isStale = true));
  }

  /** Returns whether there is any program to look at. */
  get isNeeded(): boolean {
    if (this.#looker === undefined) return false;
    if (this.#isStale) this.#follow(this.#looker);
    return this.#watched.size > 0;
  }

  /** Returns the programs that used at least `NEAR` of their limits since the previous look. */
  look(): readonly HotProgram[] {
    this.#last = this.isNeeded && this.#looker !== undefined ? this.#looker.look() : NO_LOOKS;
    const hot: HotProgram[] = [];
    for (const [id, look] of this.#last) {
      const watched = this.#watched.get(id);
      if (watched !== undefined && look.percent > watched.nearPercent) hot.push({ root: watched.root, look });
    }
    return hot;
  }

  /** Combines a measurement from the files of the processes with the last look, in percent of one core. */
  combine(id: string, cpuPercent: number | null): number | null {
    const look = this.#last.get(id);
    if (look === undefined) return cpuPercent;
    return look.isWhole ? look.percent : Math.max(look.percent, cpuPercent ?? 0);
  }

  #follow(looker: CpuLooker): void {
    this.#isStale = false;
    this.#watched.clear();
    let leastPercent = Infinity;
    for (const [id, { program }] of this.#programs) {
      const { cpuPercent } = program.spec.limits;
      const run = runOf(program.state);
      if (cpuPercent === null || run === null || !isUp(program.state)) continue;
      const nearPercent = cpuPercent * NEAR;
      leastPercent = Math.min(leastPercent, nearPercent);
      this.#watched.set(id, { root: { id, pid: run.pid, startTicks: run.startTicks }, nearPercent });
    }
    looker.watch(
      [...this.#watched.values()].map(({ root }) => root),
      leastPercent,
    );
  }
}
