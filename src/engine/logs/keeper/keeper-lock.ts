import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { PRIVATE_FILE } from '../../../base/atomic-file.ts';
import { isSameFile } from '../../../base/is-same-file.ts';
import { tryKernelLock } from '../../../base/kernel-lock.ts';
import type { Libc } from '../../../base/libc.ts';

export interface KeeperLock {
  /** Takes the file away; the lock itself ends with the process. */
  unlink(): void;
}

/**
 * Makes this process the one keeper of its instance, or gives null. The kernel's lock ends with the process, so there
 * is no stale one to take over.
 */
export function becomeKeeper(path: string, libc: Libc): KeeperLock | null {
  for (;;) {
    const fd = openSync(path, 'a', PRIVATE_FILE);
    const isFree = tryKernelLock(fd, libc);
    // When its owner removes it between our opening and locking it, the lock is on a nameless file.
    if (isFree && isSameFile(fd, path)) return own(fd, path);
    closeSync(fd);
    if (!isFree) return null;
  }
}

export function isKeeperAlive(path: string, libc: Libc): boolean {
  const fd = openExisting(path);
  if (fd === null) return false;
  const isFree = tryKernelLock(fd, libc);
  closeSync(fd);
  return !isFree;
}

function own(fd: number, path: string): KeeperLock {
  ftruncateSync(fd, 0);
  writeSync(fd, `${JSON.stringify({ pid: process.pid })}\n`);
  return { unlink: () => rmSync(path, { force: true }) };
}

function openExisting(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
