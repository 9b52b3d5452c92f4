import { closeSync, constants, existsSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { isReadOnly, isWritableFolder, removeIfWritable } from '../../base/read-only.ts';
import { isSameFile } from '../../base/is-same-file.ts';
import { tryKernelLock } from '../../base/kernel-lock.ts';
import { type Libc } from '../../base/libc.ts';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { isOwnerAlive, readLockOwner, thisProcess } from '../../base/lock-owner.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Fixed length in bytes, padded with spaces. */
const OWNER_LENGTH = 64;

export interface InstanceLock {
  /** The paths of its files. */
  readonly files: readonly string[];
  /** Returns false if the file was removed, so that another process could create and lock a new one. */
  isInPlace(): boolean;
  /** Creates and locks the file again. @throws HealerError ALREADY_RUNNING if another engine has locked it */
  restore(): void;
  release(): void;
}

/**
 * Makes this process the only engine of its instance and of its state. The second lock is needed because two sessions may
 * have different runtime folders, and a cleanup of temporary files may remove a lock that is in use.
 * @throws HealerError ALREADY_RUNNING, which names the owner
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
      files: locks.flatMap(({ files }) => files),
      isInPlace: () => locks.every((one) => one.isInPlace()),
      restore: () => locks.forEach((one) => one.restore()),
      release: () => locks.forEach((one) => one.release()),
    };
  } catch (error) {
    first.release();
    throw elsewhere(error);
  }
}

/** Adds a hint to the error: the state is in use, but the runtime folder is not. */
function elsewhere(error: unknown): unknown {
  if (!(error instanceof HealerError) || error.code !== 'ALREADY_RUNNING') return error;
  const [fact = '', ...steps] = error.message.split(' — ');
  const message = [`${fact}, perhaps with another XDG_RUNTIME_DIR or TMPDIR`, ...steps].join(' — ');
  return new HealerError(error.code, message, error.data, { cause: error });
}

/**
 * Makes this process the only engine of its instance. The kernel releases the lock when the process exits, so a kill leaves
 * nothing to clean up and a reused pid cannot be mistaken for the owner; the text of the file only names it.
 * @throws HealerError ALREADY_RUNNING, which names the owner
 */
export function acquireInstanceLock(path: string, libc: Libc | null): InstanceLock {
  ensureFolder(dirname(path));
  let held = openLocked(path, libc);
  nameOwner(held.fd, libc);
  const isInPlace = (): boolean => (held.isSpare ? !isWritableFolder(dirname(path)) : isSameFile(held.fd, path));
  return {
    files: [path],
    isInPlace,
    restore: () => {
      if (isInPlace()) return;
      ensureFolder(dirname(path));
      const lost = held;
      held = openLocked(path, libc);
      closeSync(lost.fd);
      nameOwner(held.fd, libc);
    },
    release: () => {
      // A file created in its place belongs to another process.
      if (isSameFile(held.fd, path)) removeIfWritable(path);
      closeSync(held.fd);
    },
  };
}

/** Writes the owner into the file. @throws the error of the system call if there is no kernel lock */
function nameOwner(fd: number, libc: Libc | null): void {
  try {
    // Overwrites the previous owner, which takes no additional space and works even on a full disk.
    const length = writeSync(fd, `${JSON.stringify(thisProcess())}\n`.padStart(OWNER_LENGTH), 0);
    ftruncateSync(fd, length);
  } catch (error) {
    // Optional with a kernel lock: a full disk must not prevent the engine from starting.
    if (libc === null) throw error;
  }
}

interface LockedFile {
  readonly fd: number;
  /** Whether it is the folder instead of the file, because the file cannot be created. */
  readonly isSpare: boolean;
}

function openLocked(path: string, libc: Libc | null): LockedFile {
  for (;;) {
    const { fd, isSpare } = openLockable(path);
    const isFree = libc === null ? !isHeld(path) : tryKernelLock(fd, libc);
    // If its owner unlinked the file between opening and locking, the lock is on a file without a name.
    if (isFree && (isSpare || isSameFile(fd, path))) return { fd, isSpare };
    closeSync(fd);
    if (!isFree) throw alreadyRunning(path);
  }
}

/**
 * Opens the file or, while its folder cannot be written, the existing file for reading, else the folder itself: both can
 * be locked. Once the folder is writable again, the lock counts as misplaced and is restored.
 */
function openLockable(path: string): LockedFile {
  try {
    return { fd: openSync(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE), isSpare: false };
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return existsSync(path)
      ? { fd: openSync(path, 'r'), isSpare: false }
      : { fd: openSync(dirname(path), 'r'), isSpare: true };
  }
}

/** Returns whether the process that the file names is running; used without a kernel lock. */
function isHeld(path: string): boolean {
  const owner = readLockOwner(path);
  return owner !== null && isOwnerAlive(owner);
}

/** Waits up to 200 ms, since an owner writes its identity shortly after locking. */
function waitForOwner(path: string): ProcessIdentity | null {
  const sleepCell = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 20; tries++) {
    const owner = readLockOwner(path);
    if (owner !== null) return owner;
    Atomics.wait(sleepCell, 0, 0, 10);
  }
  return null;
}

function alreadyRunning(path: string): HealerError {
  const owner = waitForOwner(path);
  const who = owner === null ? 'another process' : `pid ${String(owner.pid)}`;
  return new HealerError(
    'ALREADY_RUNNING',
    `an engine of this instance is already running (${who} holds "${path}") — "healer up" applies changes to it, and "healer down" stops it`,
    {
      pid: owner?.pid ?? null,
      lock: path,
    },
  );
}
