import {
  closeSync,
  constants,
  copyFileSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { descriptors } from './descriptors.ts';
import { messageOf } from './thrown.ts';

/** Accessible to the owner only: state, logs and settings may contain secrets. */
export const PRIVATE_FILE = 0o600;
/** The mode of folders, for the same reason. */
export const PRIVATE_FOLDER = 0o700;

/**
 * Replaces a file atomically: a reader sees either the old or the new content, even if the writer is killed. Only one
 * process may write a given file at a time.
 * @throws the error of the system call that failed; the old content is kept in that case
 */
export function replaceFile(path: string, content: string): void {
  descriptors.withReserve(() => replaceNow(path, content));
}

function replaceNow(path: string, content: string): void {
  const draft = draftOf(path);
  try {
    const fd = createDraft(draft);
    try {
      writeWhole(fd, content);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** Removes a file, and the draft that a process left when it was killed while it replaced the file. */
export function removeWithDraft(path: string): void {
  rmSync(path, { force: true });
  removeDraft(path);
}

/** Removes the draft that a process left when it was killed while it replaced a file. */
export function removeDraft(path: string): void {
  rmSync(draftOf(path), { force: true });
}

function draftOf(path: string): string {
  return `${path}.new`;
}

/**
 * Opens a new file for a draft. What is in its place is removed, never written through: a link there may lead to any file.
 * @throws the error of the system call that failed
 */
function createDraft(path: string): number {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  rmSync(path, { force: true });
  return openSync(path, flags, PRIVATE_FILE);
}

/** Writes all of the content: a single write may be partial if the disk is nearly full. */
export function writeWhole(fd: number, content: string): void {
  const bytes = Buffer.from(content);
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}

/**
 * Creates a private folder and its parents; existing folders stay unchanged. The recursive mkdir of Node loops forever
 * if an existing folder reports ENOENT, as /proc does.
 * @throws the error of the system call that failed
 */
export function ensureFolder(path: string, mode = PRIVATE_FOLDER): void {
  const problem = tryFolder(path, mode);
  if (problem === null) return;
  if (problem.code !== 'ENOENT' || dirname(path) === path) throw problem;
  ensureFolder(dirname(path), mode);
  const again = tryFolder(path, mode);
  if (again !== null) throw again;
}

function tryFolder(path: string, mode: number): NodeJS.ErrnoException | null {
  try {
    mkdirSync(path, { mode });
    return null;
  } catch (error) {
    return isFolder(path) ? null : (error as NodeJS.ErrnoException);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Copies a damaged file, so that it can be replaced and still be inspected. Returns the path of the copy. */
export function keepAside(path: string, nowMs: number): string {
  const aside = asidePathOf(path, nowMs);
  copyFileSync(path, aside, constants.COPYFILE_EXCL);
  return aside;
}

/** Moves a damaged file away, which works on a full disk too. Returns its new path. */
export function moveAside(path: string, nowMs: number): string {
  const aside = asidePathOf(path, nowMs);
  renameSync(path, aside);
  return aside;
}

function asidePathOf(path: string, nowMs: number): string {
  return `${path}.corrupt-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
}

/** Copies a damaged file and returns a clause about the copy, to follow the description of the problem. */
export function keptAs(path: string, nowMs: number): string {
  try {
    return `a copy was kept as "${keepAside(path, nowMs)}"`;
  } catch (error) {
    return `no copy could be kept: ${messageOf(error)}`;
  }
}
