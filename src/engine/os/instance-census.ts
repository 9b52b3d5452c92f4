import { isDead, type ProcStat } from '../../base/proc-stat.ts';
import type { ProcessTable } from './process-table.ts';
import type { MarkOwner, RunMarks } from './run-mark.ts';

/** A living process with a mark of this instance, whether or not the state file contains it. */
export interface MarkedProcess {
  readonly stat: ProcStat;
  readonly owner: MarkOwner;
}

/** The main process of a run, found by its mark. */
export interface FoundMain {
  readonly runNumber: number;
  readonly pid: number;
  readonly startTicks: number;
}

/** All living processes of this instance at one moment, as opposed to those recorded in the state file. */
export class InstanceCensus {
  readonly processes: readonly MarkedProcess[];
  readonly #runs = new Map<string, MarkedProcess[]>();

  constructor(table: ProcessTable, ownerOf: RunMarks['ownerOfProcess']) {
    const found: MarkedProcess[] = [];
    for (const stat of table.all()) {
      if (isDead(stat)) continue;
      const owner = ownerOf(stat);
      if (owner === null) continue;
      found.push({ stat, owner });
      if (owner.kind !== 'run') continue;
      const runs = this.#runs.get(owner.id);
      if (runs === undefined) this.#runs.set(owner.id, [{ stat, owner }]);
      else runs.push({ stat, owner });
    }
    this.processes = found;
  }

  /** Returns the highest run number with a living process of the program, or 0 without one. */
  lastRunOf(id: string): number {
    return Math.max(0, ...this.#runsOf(id).map(({ owner }) => owner.number));
  }

  /**
   * Returns the main process of the program's latest living run: its oldest process, which leads a session of its own.
   * Returns null if the main process is gone and only descendants are alive.
   */
  mainOf(id: string): FoundMain | null {
    const runNumber = this.lastRunOf(id);
    const [oldest] = this.#runsOf(id)
      .filter(({ owner }) => owner.number === runNumber)
      .map(({ stat }) => stat)
      .sort((a, b) => a.startTicks - b.startTicks || a.pid - b.pid);
    if (oldest?.sessionId !== oldest?.pid || oldest === undefined) return null;
    return { runNumber, pid: oldest.pid, startTicks: oldest.startTicks };
  }

  #runsOf(id: string): readonly MarkedProcess[] {
    return this.#runs.get(id) ?? [];
  }
}
