import type { Libc } from './libc.ts';

/** From sys/file.h. */
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Tries to lock an open file with flock(2), without waiting. The kernel releases the lock when its owner exits. */
export function tryKernelLock(fd: number, libc: Libc): boolean {
  return libc.call('flock', fd, LOCK_EX | LOCK_NB) === 0;
}
