import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from '../../base/atomic-file.ts';
import { type Libc } from '../../base/libc.ts';
import { isDead, readProcStat } from '../../base/proc-stat.ts';
import { HealerError } from '../../protocol/errors.ts';

/** From sys/file.h. */
const LOCK_EX = 2;
const LOCK_NB = 4;

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
  ftruncateSync(fd, 0);
  const startTicks = readProcStat(process.pid)?.startTicks ?? null;
  writeSync(fd, `${JSON.stringify({ pid: process.pid, startTicks })}\n`);
  return {
    release: () => {
      rmSync(path, { force: true });
      closeSync(fd);
    },
  };
}

function openLocked(path: string, libc: Libc | null): number {
  for (;;) {
    const fd = openSync(path, 'a+', PRIVATE_FILE);
    const isFree = libc === null ? !isOwnerAlive(path) : libc.call('flock', fd, LOCK_EX | LOCK_NB) === 0;
    if (isFree && isSameFile(fd, path)) return fd;
    closeSync(fd);
    if (!isFree) throw alreadyRunning(path);
  }
}

/** False when the owner removed the file between our opening and locking it: the lock would be on a nameless file. */
function isSameFile(fd: number, path: string): boolean {
  return fstatSync(fd).ino === statSync(path, { throwIfNoEntry: false })?.ino;
}

interface Owner {
  readonly pid: number;
  readonly startTicks: number | null;
}

function readOwner(path: string): Owner | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return null;
  }
}

/** Without the kernel's lock: whether the process that the file names is alive and the same. */
function isOwnerAlive(path: string): boolean {
  const owner = readOwner(path);
  if (owner === null) return false;
  try {
    process.kill(owner.pid, 0);
  } catch {
    return false;
  }
  const stat = process.platform === 'linux' ? readProcStat(owner.pid) : null;
  if (stat === null) return true;
  // One that waits to be reaped can still be signalled, and holds nothing any more.
  return !isDead(stat) && (owner.startTicks === null || stat.startTicks === owner.startTicks);
}

/** Between taking the lock and naming itself an owner needs a moment. */
function waitForOwner(path: string): Owner | null {
  const bed = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 0; tries < 20; tries++) {
    const owner = readOwner(path);
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
