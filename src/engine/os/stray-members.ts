import { hasStartTime } from '../../base/process-identity.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { runKey } from '../../protocol/run.ts';
import type { RunIdentity } from './run-identity.ts';
import type { RunMarks } from './run-mark.ts';

/**
 * Descendants that left the session of their run and cleared its mark from their environment. Only their parents show to which
 * run they belong, so they are noted before a signal that ends these parents.
 */
export class StrayMembers {
  readonly #marks: Pick<RunMarks, 'ownerOfProcess'>;
  readonly #strays = new Map<string, readonly ProcStat[]>();

  constructor(marks: Pick<RunMarks, 'ownerOfProcess'>) {
    this.#marks = marks;
  }

  /** Notes those among the living members of a run. */
  note(run: RunIdentity, members: readonly ProcStat[]): void {
    this.#forgetDead();
    const isStray = (stat: ProcStat): boolean =>
      ![stat.pid, stat.groupId, stat.sessionId].includes(run.pid) && this.#marks.ownerOfProcess(stat) === null;
    const strays = members.filter(isStray);
    if (strays.length > 0) this.#strays.set(runKey(run), strays);
  }

  /** Returns those that are still alive. */
  of(run: RunIdentity): readonly ProcStat[] {
    return (this.#strays.get(runKey(run)) ?? []).flatMap((stray) => aliveAs(stray) ?? []);
  }

  #forgetDead(): void {
    for (const [key, strays] of this.#strays)
      if (strays.every((stray) => aliveAs(stray) === null)) this.#strays.delete(key);
  }
}

function aliveAs(known: ProcStat): ProcStat | null {
  const stat = readProcStat(known.pid);
  return stat !== null && !isDead(stat) && hasStartTime(known, stat) ? stat : null;
}
