import { readLockOwner } from '../../base/lock-owner.ts';
import { hasStartTime } from '../../base/process-identity.ts';
import { readProcStat } from '../../base/proc-stat.ts';

/** An engine that is suspended for a shorter time is waited for. */
const SUSPENDED_MS = 1_000;
const LOOK_MS = 250;

/** Returns the pid of the engine behind a socket if it is suspended (SIGSTOP, Ctrl-Z); null if it is not, or not on Linux. */
export function suspendedEngineAt(socketPath: string): number | null {
  const owner = readLockOwner(socketPath.replace(/\.sock$/, '.lock'));
  const stat = owner === null ? null : readProcStat(owner.pid);
  return owner !== null && stat?.state === 'T' && hasStartTime(owner, stat) ? owner.pid : null;
}

/**
 * Calls back when the engine behind a socket has been suspended for a second, and when it was continued after that. Returns a
 * function that stops watching.
 */
export function followSuspension(
  socketPath: string,
  { onSuspended, onContinued }: { readonly onSuspended: (pid: number) => void; readonly onContinued: () => void },
): () => void {
  let [wasSeen, isReported] = [false, false];
  const timer = setInterval(() => {
    const pid = suspendedEngineAt(socketPath);
    if (pid === null && isReported) onContinued();
    if (pid !== null && wasSeen && !isReported) onSuspended(pid);
    isReported = pid !== null && wasSeen;
    wasSeen = pid !== null;
  }, SUSPENDED_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Calls back once the engine behind a socket has been suspended for a second. Returns a function that stops watching. */
export function watchForSuspension(socketPath: string, onSuspended: (pid: number) => void): () => void {
  let since: number | null = null;
  const timer = setInterval(() => {
    const pid = suspendedEngineAt(socketPath);
    if (pid === null) since = null;
    else if (since === null) since = performance.now();
    else if (performance.now() - since >= SUSPENDED_MS) onSuspended(pid);
  }, LOOK_MS);
  return () => clearInterval(timer);
}
