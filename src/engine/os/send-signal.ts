import { type ProcStat, readProcStat } from '../../base/proc-stat.ts';

/** False when the target is gone or not ours to signal. A negative pid is a group; 0 only asks. */
export function sendTo(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Looks again just before the signal: between the table and now the pid may have passed to another process. */
export function signalExactly(member: Pick<ProcStat, 'pid' | 'startTicks'>, signal: NodeJS.Signals): boolean {
  return readProcStat(member.pid)?.startTicks === member.startTicks && sendTo(member.pid, signal);
}
