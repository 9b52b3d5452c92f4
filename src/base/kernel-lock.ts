import type { Libc } from './libc.ts';

/** From sys/file.h. */
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Takes the kernel's lock on an open file, without waiting. It ends with its holder, so no lock is ever stale. */
export function tryKernelLock(fd: number, libc: Libc): boolean {
  return libc.call('flock', fd, LOCK_EX | LOCK_NB) === 0;
}
