import type { ProcStat } from '../../base/proc-stat.ts';
import type { DaemonSessions } from './daemon-sessions.ts';
import type { RunIdentity } from './run-identity.ts';
import type { RunMarks } from './run-mark.ts';

interface EarlierRunsOptions {
  /** Returns whether a program leaves its leftover processes running. */
  readonly leaves: (id: string) => boolean;
  /** Returns whether an earlier run did. */
  readonly hasLeft: (id: string) => boolean;
  readonly marks: Pick<RunMarks, 'ownerOfProcess'>;
  readonly sessions: Pick<DaemonSessions, 'of'>;
}

/** Distinguishes the processes of a run from those that earlier runs of the same program left running on purpose (`leftovers: leave`). */
export class EarlierRuns {
  readonly #options: EarlierRunsOptions;

  constructor(options: EarlierRunsOptions) {
    this.#options = options;
  }

  /** Returns the processes without those that earlier runs left on purpose. */
  without(run: RunIdentity, found: readonly ProcStat[]): readonly ProcStat[] {
    const { leaves, hasLeft } = this.#options;
    if (!leaves(run.id) && !hasLeft(run.id)) return found;
    const byPid = new Map(found.map((stat) => [stat.pid, stat]));
    const sessionId = this.#options.sessions.of(run) ?? run.pid;
    return found.filter((stat) => !this.#isEarlier(run, stat, sessionId, byPid));
  }

  #isEarlier(run: RunIdentity, stat: ProcStat, sessionId: number, byPid: ReadonlyMap<number, ProcStat>): boolean {
    if (stat.pid === run.pid || stat.groupId === run.pid || stat.sessionId === sessionId) return false;
    const owner = this.#options.marks.ownerOfProcess(stat);
    if (owner !== null)
      return owner.kind !== 'run' || owner.id !== run.id || (this.#options.leaves(run.id) && owner.number !== run.run);
    // Without a readable mark, it belongs to the run of its parent; an orphan is too old for this run, or belongs to it.
    const parent = byPid.get(stat.parentPid);
    if (parent !== undefined) return this.#isEarlier(run, parent, sessionId, byPid);
    return run.startTicks !== null && stat.startTicks < run.startTicks;
  }
}
