import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Libc } from '../../base/libc.ts';
import type { Surround } from './with-open-files-limit.ts';

/** From asm-generic/resource.h. Its soft limit only concerns real-time scheduling, in microseconds. */
const RLIMIT_RTTIME = 15;
const RLIMIT_BYTES = 16;
const THIS_PROCESS = 0;
/** A limit of 146,000 years, with the instance and the number of the check in its lower bits. */
const BASE = 1n << 62n;
const INSTANCE_BITS = 28n;
const NUMBER_BITS = 32n;
const NUMBER_MASK = (1n << NUMBER_BITS) - 1n;

/**
 * Marks the processes of health checks with a resource limit that has no effect. Unlike a variable, every process inherits
 * it, also with an empty environment in a session of its own, and the kernel shows it.
 */
export interface CheckLimitMark {
  /** Returns a function that starts processes with the mark of this check, and whatever they start. */
  readonly around: (checkNumber: number) => Surround;
  /** Returns the number of the check of this instance that a process belongs to; null for other processes. */
  readonly checkOf: (pid: number) => number | null;
}

/** Creates the marks of the instance with this state folder. Without system calls, no process is marked. */
export function createCheckLimitMark(libc: Libc | null, stateDir: string): CheckLimitMark {
  const digest = createHash('sha256').update(stateDir).digest();
  const instance = BASE | ((BigInt(digest.readUInt32LE(0)) >> (32n - INSTANCE_BITS)) << NUMBER_BITS);
  return {
    around: (checkNumber) => (libc === null ? (start) => start() : withSoftLimit(libc, instance | BigInt(checkNumber))),
    checkOf: (pid) => {
      const limit = readSoftLimit(pid);
      return limit === null || limit >> NUMBER_BITS !== instance >> NUMBER_BITS ? null : Number(limit & NUMBER_MASK);
    },
  };
}

/** The limit of the engine itself is changed during the call, as for open files. */
function withSoftLimit(libc: Libc, soft: bigint): Surround {
  return (start) => {
    const own = Buffer.alloc(RLIMIT_BYTES);
    if (libc.call('prlimit', THIS_PROCESS, RLIMIT_RTTIME, null, own) !== 0) return start();
    const marked = Buffer.from(own);
    marked.writeBigUInt64LE(soft);
    libc.call('prlimit', THIS_PROCESS, RLIMIT_RTTIME, marked, null);
    try {
      return start();
    } finally {
      libc.call('prlimit', THIS_PROCESS, RLIMIT_RTTIME, own, null);
    }
  };
}

function readSoftLimit(pid: number): bigint | null {
  try {
    const text = readFileSync(`/proc/${String(pid)}/limits`, 'latin1');
    const soft = /^Max realtime timeout\s+(\d+)/m.exec(text)?.[1];
    return soft === undefined ? null : BigInt(soft);
  } catch {
    return null;
  }
}
