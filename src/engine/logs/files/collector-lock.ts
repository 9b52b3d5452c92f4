import { closeSync, constants, ftruncateSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { PRIVATE_FILE } from '../../../base/atomic-file.ts';
import { isSameFile } from '../../../base/is-same-file.ts';
import { tryKernelLock } from '../../../base/kernel-lock.ts';
import type { Libc } from '../../../base/libc.ts';

/** In bytes, blanks included, whatever the numbers. */
const NOTE_LENGTH = 64;

/** Where a collector listens: reached through /proc also when the FIFO has lost its name. */
export interface CollectorNote {
  readonly pid: number;
  readonly commandsFd: number;
}

export interface CollectorLock {
  tellCommands(commandsFd: number): void;
  /** Takes the file away; the lock itself ends with the process. */
  unlink(): void;
}

/**
 * Makes this process the one collector of its instance, or gives null. The kernel's lock ends with the process, so there
 * is no stale one to take over.
 */
export function becomeCollector(path: string, libc: Libc): CollectorLock | null {
  for (;;) {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
    const isFree = tryKernelLock(fd, libc);
    // When its owner removes it between our opening and locking it, the lock is on a nameless file.
    if (isFree && isSameFile(fd, path)) return own(fd, path);
    closeSync(fd);
    if (!isFree) return null;
  }
}

export function isCollectorAlive(path: string, libc: Libc): boolean {
  const fd = openExisting(path);
  if (fd === null) return false;
  const isFree = tryKernelLock(fd, libc);
  closeSync(fd);
  return !isFree;
}

/** Null while the collector has not said so, which it does when it is up. */
export function readCollectorNote(path: string): CollectorNote | null {
  try {
    const { pid, commandsFd } = JSON.parse(readFileSync(path, 'utf8')) as Partial<CollectorNote>;
    return Number.isInteger(pid) && Number.isInteger(commandsFd) ? ({ pid, commandsFd } as CollectorNote) : null;
  } catch {
    return null;
  }
}

function own(fd: number, path: string): CollectorLock {
  return {
    tellCommands: (commandsFd) => writeNote(fd, { pid: process.pid, commandsFd }),
    unlink: () => rmSync(path, { force: true }),
  };
}

/** The lock holds without it: a full disk must not leave the programs without a collector. */
function writeNote(fd: number, note: CollectorNote): void {
  try {
    // Over what the one before wrote: that takes no space.
    ftruncateSync(fd, writeSync(fd, `${JSON.stringify(note)}\n`.padStart(NOTE_LENGTH), 0));
  } catch {
    // It is found as long as its FIFOs have their names.
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
