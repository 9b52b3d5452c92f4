import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  rmSync,
  statfsSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ensureFolder } from '../../base/atomic-file.ts';
import { ownUid } from '../../base/own-user.ts';
import { linkStatsOf, statsOf } from '../../base/stats-of.ts';

/** The types of file systems in memory, from statfs(2): tmpfs and ramfs. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);
/** Shared memory: a file system in memory to which all users of a Linux system can write. */
const SHARED_MEMORY = '/dev/shm';
const NEW_MS = 60_000;
/** In each folder in memory, a link to the place that leads to it. */
const USED_BY = 'of';

/**
 * Creates the folder of the pipes. If the runtime folder is on a disk, as that of `HEALER_HOME` usually is, it becomes a link to
 * a folder in memory: ext4 needs up to a millisecond to create a FIFO after many files were removed, as they are when many
 * programs are restarted. A folder that contains pipes stays where it is. Only the engine that holds the lock of the instance may
 * call this: another one could replace the link meanwhile.
 * @throws the error of the system call that failed
 */
export function ensurePipesFolder(path: string, memory = SHARED_MEMORY): void {
  const found = linkStatsOf(path);
  // The pipes of an earlier version, whose programs write to them.
  if (found?.isDirectory() === true && readdirSync(path).length > 0) return;
  const isLink = found?.isSymbolicLink() === true;
  if (isLink && isOwnLink(path, memory)) return;
  const target = createInMemory(path, memory);
  if (target === null) {
    // A link that leads nowhere would be in the way.
    if (isLink && statsOf(path) === undefined) unlinkSync(path);
    ensureFolder(path);
    return;
  }
  if (isLink) unlinkSync(path);
  else if (found?.isDirectory() === true) rmdirSync(path);
  symlinkSync(target, path);
}

/** Removes the folder of the pipes, and the one in memory that it leads to. @throws the error of the system call that failed */
export function removePipesFolder(path: string, memory = SHARED_MEMORY): void {
  const target = linkedInMemory(path, memory);
  if (target !== null && userOf(target) === placeOf(path)) {
    rmSync(dirname(target), { recursive: true, force: true });
    removeIfEmpty(ownFolderIn(memory));
  }
  rmSync(path, { recursive: true, force: true });
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Other instances use it.
  }
}

/** Returns whether the link leads to a folder in memory that nothing else uses: a copy of a runtime folder copies its links. */
function isOwnLink(path: string, memory: string): boolean {
  const target = linkedInMemory(path, memory);
  if (target === null || statsOf(target) === undefined) return false;
  const user = userOf(target);
  if (user === placeOf(path)) return true;
  if (user !== null && targetOf(user) === target) return false;
  // The runtime folder was moved.
  rmSync(join(dirname(target), USED_BY), { force: true });
  markAsUsed(target, path);
  return true;
}

/** Creates a folder in memory and returns it; null if the pipes are better kept where they are. */
function createInMemory(path: string, memory: string): string | null {
  try {
    const runtime = dirname(path);
    ensureFolder(runtime);
    if (isInMemory(runtime) || !isInMemory(memory)) return null;
    const own = ownFolderIn(memory);
    ensureFolder(own);
    if (!isPrivate(own)) return null;
    removeForgotten(own);
    const target = join(mkdtempSync(join(own, 'pipes-')), basename(path));
    ensureFolder(target);
    markAsUsed(target, path);
    return target;
  } catch {
    return null;
  }
}

function isInMemory(folder: string): boolean {
  return IN_MEMORY.has(statfsSync(folder).type);
}

/** Returns the folder of this user. */
function ownFolderIn(memory: string): string {
  return join(memory, `healer-${String(ownUid())}`);
}

/** Another user may have created it. */
function isPrivate(folder: string): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === ownUid() && (stats.mode & 0o077) === 0;
}

/** Returns the folder in memory that a path leads to; null if it is not a link to one. */
function linkedInMemory(path: string, memory: string): string | null {
  const target = targetOf(path);
  return target !== null && dirname(dirname(target)) === ownFolderIn(memory) ? target : null;
}

function markAsUsed(target: string, path: string): void {
  symlinkSync(placeOf(path), join(dirname(target), USED_BY));
}

/** Returns the place that leads to a folder in memory, as far as that is recorded. */
function userOf(target: string): string | null {
  return targetOf(join(dirname(target), USED_BY));
}

/** Returns the path of the link without links on the way to it. */
function placeOf(path: string): string {
  return join(realpathSync(dirname(path)), basename(path));
}

function targetOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}

/** Removes folders to which nothing leads any more: their runtime folder was removed after the engine had been killed. */
function removeForgotten(own: string): void {
  for (const name of readdirSync(own)) {
    const place = join(own, name);
    const user = targetOf(join(place, USED_BY));
    if (user !== null && targetOf(user) !== join(place, basename(user)) && !isNew(place))
      rmSync(place, { recursive: true, force: true });
  }
}

/** Whether a folder may be one to which another engine is about to make a link. */
function isNew(place: string): boolean {
  return Date.now() - (linkStatsOf(place)?.mtimeMs ?? 0) < NEW_MS;
}
