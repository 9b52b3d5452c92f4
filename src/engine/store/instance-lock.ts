import { closeSync, constants, fstatSync, ftruncateSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { tryKernelLock } from '../../base/kernel-lock.ts';
import { type Libc } from '../../base/libc.ts';
import { isOwnerAlive, type LockOwner, readLockOwner, thisProcess } from '../../base/lock-owner.ts';
import { HealerError } from '../../protocol/errors.ts';

/** In bytes, blanks included, whatever the pid. */
const OWNER_LENGTH = 64;

export interface InstanceLock {
  release(): void;
}

/**
 * Makes this process the one engine of its instance. The kernel's lock goes with the process, so a kill -9 leaves
 * nothing to clean up and a reused pid cannot be mistaken for the owner; the file's text only names it.
 * @throws HealerError ALREADY_RUNNING naming the owner.
 */
export function acquireInstanceLock(path: string, libc: Libc | null): InstanceLock {
  ensureFolder(dirname(path));
  const fd = openLocked(path, libc);
  nameOwner(fd, libc);
  return {
    release: () => {
      rmSync(path, { force: true });
      closeSync(fd);
    },
  };
}

/** @throws the error of the system call where the text is all there is of the lock */
function nameOwner(fd: number, libc: Libc | null): void {
  try {
    // Over what the one before wrote: that takes no space, so that on a full disk the owner is named too.
    const length = writeSync(fd, `${JSON.stringify(thisProcess())}\n`.padStart(OWNER_LENGTH), 0);
    ftruncateSync(fd, length);
  } catch (error) {
    // The kernel's lock holds without it: a full disk must not leave the programs without an engine.
    if (libc === null) throw error;
  }
}

function openLocked(path: string, libc: Libc | null): number {
  for (;;) {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
    const isFree = libc === null ? !isHeld(path) : tryKernelLock(fd, libc);
    if (isFree && isSameFile(fd, path)) return fd;
    closeSync(fd);
    if (!isFree) throw alreadyRunning(path);
  }
}

/** False when the owner removed the file between our opening and locking it: the lock would be on a nameless file. */
function isSameFile(fd: number, path: string): boolean {
  return fstatSync(fd).ino === statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Without the kernel's lock: whether the process that the file names is alive and the same. */
function isHeld(path: string): boolean {
  const owner = readLockOwner(path);
  return owner !== null && isOwnerAlive(owner);
}

/** Between taking the lock and naming itself an owner needs a moment. */
function waitForOwner(path: string): LockOwner | null {
  const bed = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 20; tries++) {
    const owner = readLockOwner(path);
    if (owner !== null) return owner;
    Atomics.wait(bed, 0, 0, 10);
  }
  return null;
}

function alreadyRunning(path: string): HealerError {
  const owner = waitForOwner(path);
  const who = owner === null ? 'another process' : `pid ${String(owner.pid)}`;
  return new HealerError('ALREADY_RUNNING', `an engine of this instance runs already (${who} holds "${path}")`, {
    pid: owner?.pid ?? null,
    lock: path,
  });
}
