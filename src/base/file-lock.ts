import { closeSync, ftruncateSync, linkSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { codeOf } from './thrown.ts';
import { PRIVATE_FILE } from './atomic-file.ts';
import { tryKernelLock } from './kernel-lock.ts';
import type { Libc } from './libc.ts';
import { isOwnerAlive, readLockOwner, thisProcess } from './lock-owner.ts';

export interface FileLock {
  release(): void;
}

/** Locks are held for milliseconds, so even twenty waiting processes finish quickly. */
const POLL_MS = 5;

/**
 * Acquires the lock; returns null after `patienceMs`. Waits asynchronously, since the owner may be frozen. Either all
 * processes that use a lock load the C library or none does: the two kinds of locks do not exclude each other.
 * @throws the error of the system call that failed, e.g. in a folder that is not writable
 */
export async function takeFileLock(path: string, libc: Libc | null, patienceMs: number): Promise<FileLock | null> {
  const tryLock = libc === null ? createExclusiveFile : (place: string) => lockByKernel(place, libc);
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const lock = tryLock(path);
    if (lock !== null || performance.now() > deadline) return lock;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS * (1 + Math.random())));
  }
}

/** Never removes the file, since another process may be about to lock it. */
function lockByKernel(path: string, libc: Libc): FileLock | null {
  const fd = openSync(path, 'a', PRIVATE_FILE);
  if (!tryKernelLock(fd, libc)) {
    closeSync(fd);
    return null;
  }
  nameOwner(fd);
  return { release: () => closeSync(fd) };
}

/** Writes the owner into the file for diagnostics only, so a full disk does not prevent locking. */
function nameOwner(fd: number): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, JSON.stringify(thisProcess()));
  } catch {
    return;
  }
}

/** Uses the file itself as the lock. It is linked with its content, so it never exists without an owner. */
function createExclusiveFile(path: string): FileLock | null {
  const draft = `${path}.${String(process.pid)}`;
  rmSync(draft, { force: true });
  // Fails if something is in its place: a link there may lead to any file.
  writeFileSync(draft, JSON.stringify(thisProcess()), { mode: PRIVATE_FILE, flag: 'wx' });
  try {
    linkSync(draft, path);
    return { release: () => rmSync(path, { force: true }) };
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    removeIfStale(path);
    return null;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Removes the lock of an owner that has exited. Renaming lets only one of several processes do so; if it turns out that
 * another process has already taken the lock, it is put back.
 */
function removeIfStale(path: string): void {
  const owner = readLockOwner(path);
  if (owner !== null && isOwnerAlive(owner)) return;
  const aside = `${path}.${String(process.pid)}.stale`;
  try {
    renameSync(path, aside);
    const taken = readLockOwner(aside);
    if (taken !== null && isOwnerAlive(taken)) linkSync(aside, path);
  } catch {
    // Another process removed it, or created a new one.
  } finally {
    rmSync(aside, { force: true });
  }
}
