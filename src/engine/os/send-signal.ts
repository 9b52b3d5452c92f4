import { readProcStat } from '../../base/proc-stat.ts';
import type { ExactIdentity } from '../../base/process-identity.ts';

/** To kill(2), 0 means the process group of the caller, and -1 means every process that the caller may signal. */
const MANY_PROCESSES: readonly number[] = [0, -1];

/**
 * Sends a signal to a process, or to a group if the pid is negative. Signal 0 only checks. Returns false if the target is
 * gone or may not be signaled, and for a pid that means many processes.
 */
export function sendTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  if (MANY_PROCESSES.includes(pid)) return false;
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Sends a signal unless the pid was reused by another process. Returns whether the signal was sent. */
export function signalExactly(member: ExactIdentity, signal: NodeJS.Signals): boolean {
  return readProcStat(member.pid)?.startTicks === member.startTicks && sendTo(member.pid, signal);
}
