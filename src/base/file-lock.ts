import { closeSync, ftruncateSync, linkSync, openSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { codeOf } from './thrown.ts';
import { PRIVATE_FILE } from './atomic-file.ts';
import { tryKernelLock } from './kernel-lock.ts';
import type { Libc } from './libc.ts';
import { isOwnerAlive, readLockOwner, thisProcess } from './lock-owner.ts';

export interface FileLock {
  release(): void;
}

/** A holder works for milliseconds. Short enough that twenty who wait are through in a moment. */
const POLL_MS = 5;

/**
 * Waits for the lock and takes it; null when `patienceMs` passed. Waiting keeps nothing else of this process from
 * going on, since a holder may be frozen. All who use a lock have to see the same C library, or none of them one.
 * @throws the error of the system call that failed, e.g. in a folder that may not be written.
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

/** The file stays when the lock is free again: removing what another may just be locking is a race. */
function lockByKernel(path: string, libc: Libc): FileLock | null {
  const fd = openSync(path, 'a', PRIVATE_FILE);
  if (!tryKernelLock(fd, libc)) {
    closeSync(fd);
    return null;
  }
  nameOwner(fd);
  return { release: () => closeSync(fd) };
}

/** For those who wait in vain. Nobody relies on it, so a full disk does not keep it from being locked. */
function nameOwner(fd: number): void {
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, JSON.stringify(thisProcess()));
  } catch {
    return;
  }
}

/** The file itself is the lock. It appears with its owner's name in it, so that none is ever seen without. */
function createExclusiveFile(path: string): FileLock | null {
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, JSON.stringify(thisProcess()), { mode: PRIVATE_FILE });
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
 * Takes away the lock of an owner that died. Of several who try, one gets the file by renaming it; what turns out to
 * be the lock of somebody else, who was quicker, is put back.
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
    // Another one has taken it away, or made a new one meanwhile.
  } finally {
    rmSync(aside, { force: true });
  }
}
