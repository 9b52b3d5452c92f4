import type { ProcessIdentity } from '../../base/process-identity.ts';
import { isDead, isStillAlive, type ProcStat } from '../../base/proc-stat.ts';
import type { ProcessTable } from './process-table.ts';

/**
 * Trees of unmanaged processes. An unmanaged process may share its group and session with a shell and other programs, so
 * its tree consists of its descendants only. When it exits, its children are re-parented to init; known members are
 * therefore remembered, so that none is lost between a signal and the next check.
 */
export class UnmanagedTrees {
  readonly #seen = new Map<number, readonly ProcStat[]>();

  /** Returns the living members of a tree. */
  membersOf({ pid, startTicks }: ProcessIdentity, table: ProcessTable): ProcStat[] {
    const main = table.get(pid);
    const isOurs = main?.startTicks === startTicks;
    const roots = (this.#seen.get(pid) ?? []).filter(isStillAlive);
    const members = new Map<number, ProcStat>();
    const add = (stat: ProcStat): void => {
      if (members.has(stat.pid)) return;
      members.set(stat.pid, stat);
      for (const child of table.childrenOf(stat.pid)) add(child);
    };
    if (isOurs) add(main);
    for (const root of roots) add(root);
    const living = [...members.values()].filter((stat) => !isDead(stat));
    if (living.length === 0) this.#seen.delete(pid);
    else this.#seen.set(pid, living);
    return living;
  }
}
