import { hasStartTime } from './process-identity.ts';
import { isDead, readProcStat } from './proc-stat.ts';
import { codeOf } from './thrown.ts';

/**
 * Returns whether a process is running. A zombie is not.
 * @param startTicks start time of the process, to detect a reused pid; null trusts the pid alone
 */
export function isAlive(pid: number, startTicks: number | null = null): boolean {
  // kill(2) interprets these as process groups.
  if (pid < 1) return false;
  // Read first: a process reaped between the two checks must not look like one hidden by `hidepid`.
  const stat = process.platform === 'linux' ? readProcStat(pid) : null;
  if (stat !== null) return !isDead(stat) && hasStartTime({ pid, startTicks }, stat);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists but may not be signaled.
    return codeOf(error) === 'EPERM';
  }
}
