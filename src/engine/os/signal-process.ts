import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { Libc } from '../../base/libc.ts';
import { isDead, readProcStat } from '../../base/proc-stat.ts';
import type { ExactIdentity } from '../../base/process-identity.ts';
import { codeOf } from '../../base/thrown.ts';

/** The same numbers on every architecture. */
const SYS_PIDFD_SEND_SIGNAL = 424;
const SYS_PIDFD_OPEN = 434;

/** What became of a signal: `gone`: the process has exited; `refused`: this user may not signal it. */
export type Delivery = 'sent' | 'gone' | 'refused';

/**
 * Sends a signal to a process that is identified by its start time. The process is held by a pidfd while it is examined, so
 * that the signal never reaches another one to which the kernel gave its pid. Kernels before 5.3 have none.
 */
export function signalProcess(libc: Libc | null, target: ExactIdentity, signal: NodeJS.Signals): Delivery {
  const pidfd = libc?.call('syscall', SYS_PIDFD_OPEN, target.pid, 0, null, 0) ?? -1;
  if (libc === null || pidfd === -1) return isThere(target) ? signalByPid(target.pid, signal) : 'gone';
  try {
    if (!isThere(target)) return 'gone';
    const sent = libc.call('syscall', SYS_PIDFD_SEND_SIGNAL, pidfd, constants.signals[signal], null, 0);
    if (sent !== -1) return 'sent';
    return libc.errno() === constants.errno.EPERM ? 'refused' : 'gone';
  } finally {
    closeSync(pidfd);
  }
}

function isThere({ pid, startTicks }: ExactIdentity): boolean {
  const stat = readProcStat(pid);
  return stat?.startTicks === startTicks && !isDead(stat);
}

function signalByPid(pid: number, signal: NodeJS.Signals): Delivery {
  try {
    process.kill(pid, signal);
    return 'sent';
  } catch (error) {
    return codeOf(error) === 'EPERM' ? 'refused' : 'gone';
  }
}
