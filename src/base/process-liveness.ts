import { hasStartTime } from './process-identity.ts';
import { isDead, readProcStat } from './proc-stat.ts';
import { codeOf } from './thrown.ts';

/**
 * Whether a process still runs. One that is dead and only waits to be reaped runs no longer.
 * @param startTicks when it started; with it a pid that was given out again is told apart, which null is for others
 */
export function isAlive(pid: number, startTicks: number | null = null): boolean {
  // To kill(2) these are groups, one of which always lives.
  if (pid < 1) return false;
  // Read first: one that is reaped between two questions must not pass for one whose /proc is hidden from us.
  const stat = process.platform === 'linux' ? readProcStat(pid) : null;
  if (stat !== null) return !isDead(stat) && hasStartTime({ pid, startTicks }, stat);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but is there.
    return codeOf(error) === 'EPERM';
  }
}
