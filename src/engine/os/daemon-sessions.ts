import { hasStartTime, type ProcessIdentity } from '../../base/process-identity.ts';
import { isDead, readProcStat } from '../../base/proc-stat.ts';
import type { RunIdentity } from './run-identity.ts';

interface DaemonSession extends ProcessIdentity {
  readonly sessionId: number;
}

/**
 * The sessions of programs that moved themselves to the background. Such a program has called setsid(2), usually in a process
 * that has exited since, so its session is not named after its main process. Together with that process, the session is the
 * only sign of a worker that has outlived its parent and hides its environment.
 */
export class DaemonSessions {
  readonly #byId = new Map<string, DaemonSession>();

  /** Notes the session of a main process while it is alive; later, its session could belong to others. */
  note({ id, pid, startTicks, isUnmanaged }: RunIdentity): void {
    this.#byId.delete(id);
    const stat = readProcStat(pid);
    if (isUnmanaged === true || stat === null || isDead(stat) || !hasStartTime({ pid, startTicks }, stat)) return;
    const { sessionId } = stat;
    if (sessionId !== pid && sessionId !== ownSession()) this.#byId.set(id, { pid, startTicks, sessionId });
  }

  /** Returns the session of a run; null if it is the one that its main process leads, or is not known. */
  of({ id, pid, startTicks }: RunIdentity): number | null {
    const known = this.#byId.get(id);
    if (known?.pid !== pid || known.startTicks !== startTicks) return null;
    const leader = readProcStat(known.sessionId);
    // A younger process with the pid of the leader means that the session has ended and its id was reused.
    const isReused = leader !== null && (startTicks === null || leader.startTicks > startTicks);
    return isReused ? null : known.sessionId;
  }
}

function ownSession(): number | undefined {
  return readProcStat(process.pid)?.sessionId;
}
