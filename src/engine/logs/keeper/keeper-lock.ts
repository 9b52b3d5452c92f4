import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { PRIVATE_FILE } from '../../../base/atomic-file.ts';
import type { Libc } from '../../../base/libc.ts';

/** From sys/file.h. */
const LOCK_EX = 2;
const LOCK_NB = 4;

/**
 * Makes this process the one keeper of its instance, or gives false. The kernel's lock ends with the process, so
 * there is no stale one to take over; the file stays, since removing what another may just be locking is a race.
 */
export function becomeKeeper(path: string, libc: Libc): boolean {
  const fd = lock(path, libc);
  if (fd === null) return false;
  ftruncateSync(fd, 0);
  writeSync(fd, `${JSON.stringify({ pid: process.pid })}\n`);
  return true;
}

export function isKeeperAlive(path: string, libc: Libc): boolean {
  const fd = lock(path, libc);
  if (fd !== null) closeSync(fd);
  return fd === null;
}

function lock(path: string, libc: Libc): number | null {
  const fd = openSync(path, 'a', PRIVATE_FILE);
  if (libc.call('flock', fd, LOCK_EX | LOCK_NB) === 0) return fd;
  closeSync(fd);
  return null;
}
