import { closeSync, copyFileSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from './thrown.ts';

/** Readable by nobody else: state, logs and settings may hold secrets. */
export const PRIVATE_FILE = 0o600;
/** As PRIVATE_FILE, for folders. */
export const PRIVATE_FOLDER = 0o700;

/**
 * Replaces a file in one step: a reader sees the old content or the new, never a part, also after a kill -9 in the
 * middle. Only one process may write the same file at a time.
 * @throws the error of the system call that failed; the old content is then untouched.
 */
export function replaceFile(path: string, content: string): void {
  const draft = `${path}.new`;
  try {
    const fd = openSync(draft, 'w', PRIVATE_FILE);
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

/** Writes all of it: a single write may take only a part when space runs out. */
export function writeWhole(fd: number, content: string): void {
  const bytes = Buffer.from(content);
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
}

/**
 * Makes a folder that is its owner's alone, and those above it; one that is there stays as it is. Node's own way never
 * ends where an existing folder says that there is none to make one in, as /proc does.
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

/** Keeps a copy of a damaged file, so that it can be replaced and still be looked at; gives the copy's name. */
export function keepAside(path: string, nowMs: number): string {
  const aside = `${path}.corrupt-${new Date(nowMs).toISOString().replaceAll(':', '-')}`;
  copyFileSync(path, aside);
  return aside;
}

/** Keeps a damaged file aside and says so, in words that go on after what is wrong with it. */
export function keptAs(path: string, nowMs: number): string {
  try {
    return `it is kept as "${keepAside(path, nowMs)}"`;
  } catch (error) {
    return `it could not even be kept aside: ${messageOf(error)}`;
  }
}
