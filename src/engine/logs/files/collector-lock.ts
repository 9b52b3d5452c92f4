import { closeSync, constants, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { PRIVATE_FILE } from '../../../base/atomic-file.ts';
import { isReadOnly, removeIfWritable } from '../../../base/read-only.ts';
import { isSameFile } from '../../../base/is-same-file.ts';
import { tryKernelLock } from '../../../base/kernel-lock.ts';
import type { Libc } from '../../../base/libc.ts';
import type { CollectorPaths } from './collector-paths.ts';

/** Fixed length in bytes, padded with spaces. */
const NOTE_LENGTH = 64;

/** The lock in the state folder, and the one that is used while that folder cannot be written. */
type LockPaths = Pick<CollectorPaths, 'lock' | 'spareLock'>;

/** The descriptor of the command FIFO, which is reachable through /proc even if the FIFO was unlinked. */
export interface CollectorNote {
  readonly pid: number;
  readonly commandsFd: number;
}

export interface CollectorLock {
  publishCommands(commandsFd: number): void;
  /** Removes the file; the lock itself is released when the process exits. */
  unlink(): void;
}

/**
 * Makes this process the only log collector of its instance; returns null if there is one already. The kernel releases the
 * lock when the process exits, so locks are never stale.
 */
export function becomeCollector({ lock, spareLock }: LockPaths, libc: Libc): CollectorLock | null {
  if (isHeld(spareLock, libc)) return null;
  try {
    return acquire(lock, libc);
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return isHeld(lock, libc) ? null : acquire(spareLock, libc);
  }
}

function acquire(path: string, libc: Libc): CollectorLock | null {
  for (;;) {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
    const isFree = tryKernelLock(fd, libc);
    // If its owner unlinked the file between opening and locking, the lock is on a file without a name.
    if (isFree && isSameFile(fd, path)) return own(fd, path);
    closeSync(fd);
    if (!isFree) return null;
  }
}

export function isCollectorAlive({ lock, spareLock }: LockPaths, libc: Libc): boolean {
  return isHeld(lock, libc) || isHeld(spareLock, libc);
}

function isHeld(path: string, libc: Libc): boolean {
  const fd = openExisting(path);
  if (fd === null) return false;
  const isFree = tryKernelLock(fd, libc);
  closeSync(fd);
  return !isFree;
}

/** Returns the notes of log collectors, of which at most one is current. Each is written once its collector is ready. */
export function readCollectorNotes({ lock, spareLock }: LockPaths): readonly CollectorNote[] {
  return [lock, spareLock].map(readNote).filter((note) => note !== null);
}

function readNote(path: string): CollectorNote | null {
  try {
    const { pid, commandsFd } = JSON.parse(readFileSync(path, 'utf8')) as Partial<CollectorNote>;
    return Number.isInteger(pid) && Number.isInteger(commandsFd) ? ({ pid, commandsFd } as CollectorNote) : null;
  } catch {
    return null;
  }
}

function own(fd: number, path: string): CollectorLock {
  return {
    publishCommands: (commandsFd) => writeNote(fd, { pid: process.pid, commandsFd }),
    unlink: () => removeIfWritable(path),
  };
}

/** Optional: a full disk must not prevent the log collector from starting. */
function writeNote(fd: number, note: CollectorNote): void {
  try {
    // Overwrites the previous note, which takes no additional space.
    ftruncateSync(fd, writeSync(fd, `${JSON.stringify(note)}\n`.padStart(NOTE_LENGTH), 0));
  } catch {
    // It can still be found through its FIFOs unless they are unlinked.
  }
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
