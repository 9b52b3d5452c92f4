import { readFileSync } from 'node:fs';
import type { ExitStatus } from '../../../protocol/run.ts';
import type { Libc } from '../../../base/libc.ts';
import { descriptors } from '../../../base/descriptors.ts';
import { CLOCK_TICKS_PER_SECOND } from '../../../base/proc-stat.ts';
import { decodeWaitStatus } from '../../os/wait-status.ts';

/** From linux/pidfd.h: PIDFD_GET_INFO with the 64-byte structure, and the mask bit that requests the exit code. */
const PIDFD_GET_INFO = 0xc040ff0b;
const PIDFD_INFO_BYTES = 64;
const PIDFD_INFO_EXIT = 8n;
const EXIT_CODE_OFFSET = 60;

/** Indexes of the fields after the name in /proc/PID/stat. */
const STATE_FIELD = 0;
const START_FIELD = 19;
const EXIT_CODE_FIELD = 49;
/** User and system time of the process, then of its reaped children, in clock ticks. */
const CPU_FIELDS = [11, 12, 13, 14];

/** The exit of a process that is not a child. */
export interface ReadExit {
  /** Null if its parent has already reaped it and the kernel does not report the status. */
  readonly status: ExitStatus | null;
  /** CPU time of the process and its reaped children; absent if its parent has already reaped it. */
  readonly cpuSeconds?: number;
}

/**
 * Reads how a process exited that is not a child: from /proc while it is a zombie, otherwise from its pidfd (Linux 6.15 and
 * later).
 */
export function readExit(libc: Libc, pid: number, startTicks: number | null, pidfd: number): ReadExit {
  const zombie = exitOfZombie(pid, startTicks);
  if (zombie !== null) return zombie;
  const waitStatus = waitStatusOfPidfd(libc, pidfd);
  return { status: waitStatus === null ? null : decodeWaitStatus(waitStatus) };
}

function exitOfZombie(pid: number, startTicks: number | null): ReadExit | null {
  const fields = readStatFields(pid);
  if (fields?.[STATE_FIELD] !== 'Z') return null;
  if (startTicks !== null && Number(fields[START_FIELD]) !== startTicks) return null;
  const code = Number(fields[EXIT_CODE_FIELD]);
  if (!Number.isInteger(code)) return null;
  const ticks = CPU_FIELDS.reduce((sum, field) => sum + Number(fields[field]), 0);
  return { status: decodeWaitStatus(code), cpuSeconds: ticks / CLOCK_TICKS_PER_SECOND };
}

function readStatFields(pid: number): string[] | null {
  try {
    const stat = descriptors.withReserve(() => readFileSync(`/proc/${String(pid)}/stat`, 'latin1'));
    // The name may contain any character; no later field contains a parenthesis.
    return stat
      .slice(stat.lastIndexOf(')') + 2)
      .trimEnd()
      .split(' ');
  } catch {
    // It is gone, or no descriptor is free: the pidfd may still report the status.
    return null;
  }
}

function waitStatusOfPidfd(libc: Libc, pidfd: number): number | null {
  const info = Buffer.alloc(PIDFD_INFO_BYTES);
  info.writeBigUInt64LE(PIDFD_INFO_EXIT, 0);
  if (libc.call('ioctl', pidfd, PIDFD_GET_INFO, info) === -1) return null;
  // The kernel sets the mask bits of the fields that it has filled in.
  return (info.readBigUInt64LE(0) & PIDFD_INFO_EXIT) === 0n ? null : info.readInt32LE(EXIT_CODE_OFFSET);
}
