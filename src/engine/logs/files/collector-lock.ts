import { closeSync, constants, existsSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureFolder, PRIVATE_FILE } from '../../../base/atomic-file.ts';
import { isReadOnly, isWritableFolder, removeIfWritable } from '../../../base/read-only.ts';
import { isSameFile } from '../../../base/is-same-file.ts';
import { tryKernelLock } from '../../../base/kernel-lock.ts';
import type { Libc } from '../../../base/libc.ts';
import type { CollectorPaths } from './collector-paths.ts';

/** How often to look whether a dying log collector has released its locks: the kernel closes its files one after another. */
const DYING_POLL_MS = 10;

/** Fixed length in bytes, padded with spaces. */
const NOTE_LENGTH = 64;

/** The locks in the state folder and in the runtime folder: either folder may be removed, or may be read-only. */
type LockPaths = Pick<CollectorPaths, 'lock' | 'spareLock'>;

/** The descriptor of the command FIFO, which is reachable through /proc even if the FIFO was unlinked. */
export interface CollectorNote {
  readonly pid: number;
  readonly commandsFd: number;
}

export interface CollectorLock {
  publishCommands(commandsFd: number): void;
  /** Creates and locks the files that were removed. @throws the error of the system call that failed */
  restore(paths: LockPaths): void;
  /** Removes the files; the locks themselves are released when the process exits. */
  unlink(): void;
}

/**
 * Makes this process the only log collector of its instance; returns null if there is one already. The kernel releases the
 * lock when the process exits, so locks are never stale.
 */
export function becomeCollector(paths: LockPaths, libc: Libc): CollectorLock | null {
  const first = acquire(paths.lock, libc);
  const second = first === null ? null : acquire(paths.spareLock, libc);
  if (first === null || second === null) {
    if (first?.fd !== undefined) closeSync(first.fd);
    return null;
  }
  return new HeldLocks([first, second], libc);
}

interface HeldLock {
  readonly path: string;
  /** Undefined for a lock that cannot be created because its folder is read-only. */
  readonly fd: number | undefined;
}

/** Returns null if another process has locked the file. */
function acquire(path: string, libc: Libc): HeldLock | null {
  for (;;) {
    const fd = openLockFile(path);
    if (fd === undefined) return isHeld(path, libc) ? null : { path, fd };
    const isFree = tryKernelLock(fd, libc);
    // If its owner unlinked the file between opening and locking, the lock is on a file without a name.
    if (isFree && isSameFile(fd, path)) return { path, fd };
    closeSync(fd);
    if (!isFree) return null;
  }
}

function openLockFile(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
  } catch (error) {
    if (isReadOnly(error)) return undefined;
    throw error;
  }
}

class HeldLocks implements CollectorLock {
  #held: readonly HeldLock[];
  readonly #libc: Libc;
  #commandsFd: number | null = null;

  constructor(held: readonly HeldLock[], libc: Libc) {
    this.#held = held;
    this.#libc = libc;
  }

  publishCommands(commandsFd: number): void {
    this.#commandsFd = commandsFd;
    for (const { fd } of this.#held) if (fd !== undefined) writeNote(fd, { pid: process.pid, commandsFd });
  }

  restore({ lock, spareLock }: LockPaths): void {
    const before = this.#held;
    this.#held = [lock, spareLock].flatMap((path) => {
      const kept = before.find((one) => one.path === path && one.fd !== undefined && isSameFile(one.fd, path));
      if (kept !== undefined) return [kept];
      ensureFolder(dirname(path));
      return acquire(path, this.#libc) ?? [];
    });
    for (const one of before) if (one.fd !== undefined && !this.#held.includes(one)) closeSync(one.fd);
    if (this.#commandsFd !== null) this.publishCommands(this.#commandsFd);
  }

  unlink(): void {
    for (const { path, fd } of this.#held) if (fd !== undefined && isSameFile(fd, path)) removeIfWritable(path);
  }
}

/** Returns whether the locks of a log collector are missing, apart from one that cannot be created. */
export function areLocksMissing({ lock, spareLock }: LockPaths): boolean {
  return [lock, spareLock].some((path) => !existsSync(path) && isWritableFolder(nearestFolder(path)));
}

function nearestFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === path ? folder : nearestFolder(folder);
}

export function isCollectorAlive({ lock, spareLock }: LockPaths, libc: Libc): boolean {
  return isHeld(lock, libc) || isHeld(spareLock, libc);
}

/**
 * Resolves to whether a log collector has left its lock: it was killed before it had moved all output. The pipe to a process that
 * is killed may close before its locks are released.
 * @param dyingMs how long that may take, in ms
 */
export async function wasCollectorKilled(paths: LockPaths, libc: Libc, dyingMs: number): Promise<boolean> {
  const deadline = performance.now() + dyingMs;
  while (existsSync(paths.spareLock)) {
    if (!isCollectorAlive(paths, libc)) return true;
    if (performance.now() >= deadline) return false;
    await sleep(DYING_POLL_MS);
  }
  return false;
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
