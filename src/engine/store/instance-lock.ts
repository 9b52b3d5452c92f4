import { closeSync, constants, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { isSameFile } from '../../base/is-same-file.ts';
import { tryKernelLock } from '../../base/kernel-lock.ts';
import { type Libc } from '../../base/libc.ts';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { isOwnerAlive, readLockOwner, thisProcess } from '../../base/lock-owner.ts';
import { HealerError } from '../../protocol/errors.ts';

/** In bytes, blanks included, whatever the pid. */
const OWNER_LENGTH = 64;

export interface InstanceLock {
  /** False when somebody removed the file, so that another one could be made and locked. */
  isInPlace(): boolean;
  /** @throws HealerError ALREADY_RUNNING when another engine has done that */
  restore(): void;
  release(): void;
}

/**
 * Makes this process the one engine of its state, too: two sessions may not agree on where the runtime folder is, and
 * what cleans temporary folders may remove a lock that is held.
 * @throws HealerError ALREADY_RUNNING naming the owner.
 */
export function acquireInstanceLocks(
  { lock, stateLock }: { readonly lock: string; readonly stateLock: string },
  libc: Libc | null,
): InstanceLock {
  const first = acquireInstanceLock(lock, libc);
  try {
    const second = acquireInstanceLock(stateLock, libc);
    const locks = [first, second];
    return {
      isInPlace: () => locks.every((one) => one.isInPlace()),
      restore: () => locks.forEach((one) => one.restore()),
      release: () => locks.forEach((one) => one.release()),
    };
  } catch (error) {
    first.release();
    throw elsewhere(error);
  }
}

/** The runtime folder has no engine, the state has one. */
function elsewhere(error: unknown): unknown {
  if (!(error instanceof HealerError) || error.code !== 'ALREADY_RUNNING') return error;
  const message = `${error.message}, perhaps with another XDG_RUNTIME_DIR or TMPDIR`;
  return new HealerError(error.code, message, error.data, { cause: error });
}

/**
 * Makes this process the one engine of its instance. The kernel's lock goes with the process, so a kill -9 leaves
 * nothing to clean up and a reused pid cannot be mistaken for the owner; the file's text only names it.
 * @throws HealerError ALREADY_RUNNING naming the owner.
 */
export function acquireInstanceLock(path: string, libc: Libc | null): InstanceLock {
  ensureFolder(dirname(path));
  let fd = openLocked(path, libc);
  nameOwner(fd, libc);
  return {
    isInPlace: () => isSameFile(fd, path),
    restore: () => {
      if (isSameFile(fd, path)) return;
      ensureFolder(dirname(path));
      const lost = fd;
      fd = openLocked(path, libc);
      closeSync(lost);
      nameOwner(fd, libc);
    },
    release: () => {
      // One that was made in its place is somebody else's.
      if (isSameFile(fd, path)) rmSync(path, { force: true });
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
    // When its owner removes it between our opening and locking it, the lock is on a nameless file.
    if (isFree && isSameFile(fd, path)) return fd;
    closeSync(fd);
    if (!isFree) throw alreadyRunning(path);
  }
}

/** Without the kernel's lock: whether the process that the file names is alive and the same. */
function isHeld(path: string): boolean {
  const owner = readLockOwner(path);
  return owner !== null && isOwnerAlive(owner);
}

/** Between taking the lock and naming itself an owner needs a moment. */
function waitForOwner(path: string): ProcessIdentity | null {
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
