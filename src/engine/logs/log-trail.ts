import { type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { statsOf } from '../../base/stats-of.ts';
import { cursorAfter, LOG_BEGINNING } from './log-cursor.ts';
import { logFileName, rotatedAges } from './files/rotation.ts';

/** An open log file, which stays readable when it is renamed or removed. */
export interface TrailFile {
  readonly handle: FileHandle;
  /** Identifies the file while it is open. */
  readonly inode: number;
  /** Identifies the file even later: the inode of a removed file is soon reused. */
  readonly identity: string;
}

/** Number of rotations during one search after which it is given up; the next search follows soon. */
const ATTEMPTS = 10;

/**
 * Opens the newest file of a log; returns null if there is none. During a rotation, that is a file that has just been rotated:
 * the current one is renamed before the next one is created.
 */
export async function openNewest(dir: string): Promise<TrailFile | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const [newest] = await listAges(dir);
    if (newest === undefined) return null;
    const file = await openLogFile(dir, newest);
    if (file !== null) return file;
  }
  return null;
}

/** Opens a log file by age; returns null if it does not exist. */
async function openLogFile(dir: string, age: number): Promise<TrailFile | null> {
  try {
    const handle = await open(join(dir, logFileName(age)), 'r');
    const stats = await handle.stat();
    return { handle, inode: stats.ino, identity: identityOf(stats) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}

function identityOf({ ino, birthtimeMs }: Pick<Stats, 'ino' | 'birthtimeMs'>): string {
  return `${ino.toString(36)}.${Math.trunc(birthtimeMs).toString(36)}`;
}

/** Returns a cursor at the current end of a log, for `followLog`. Whatever is written afterwards follows it. */
export function endOfLog(dir: string): string {
  const [stats] = [0, ...rotatedAgesIfAny(dir)].flatMap((age) => statsOf(join(dir, logFileName(age))) ?? []);
  if (stats === undefined) return cursorAfter(LOG_BEGINNING, 0);
  return cursorAfter({ file: identityOf(stats), offset: stats.size, lines: 0 }, 0);
}

/** Opens the file with an identity, regardless of its current name; returns null if it no longer exists. */
export async function openByIdentity(dir: string, identity: string): Promise<TrailFile | null> {
  for (const age of await listAges(dir)) {
    const file = await openLogFile(dir, age);
    if (file?.identity === identity) return file;
    await file?.handle.close();
  }
  return null;
}

/** Opens the previous file; returns null if there is none. */
export async function openOlder(dir: string, { inode }: TrailFile): Promise<TrailFile | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const ages = await listAges(dir);
    const at = await findInode(dir, ages, inode);
    const olderAge = ages[at + 1];
    if (at === -1 || olderAge === undefined) return null;
    const older = await openLogFile(dir, olderAge);
    // The files may have been renamed since they were looked up.
    if (older !== null && (await inodeOf(dir, ages[at] ?? 0)) === inode) return older;
    await older?.handle.close();
  }
  return null;
}

export interface Newer {
  readonly files: readonly TrailFile[];
  /** False if files in between were removed before they could be opened. Undetectable if no old files are kept. */
  readonly isComplete: boolean;
}

/** Opens all files after a given one, or all files, oldest first. */
export async function openNewer(dir: string, file: TrailFile | undefined): Promise<Newer> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const newer = await tryOpenNewer(dir, file?.inode ?? null);
    if (newer !== null) return newer;
  }
  return { files: [], isComplete: true };
}

/** Returns null if files were renamed in the meantime. */
async function tryOpenNewer(dir: string, inode: number | null): Promise<Newer | null> {
  const ages = await listAges(dir);
  const at = inode === null ? -1 : await findInode(dir, ages, inode);
  const wanted = at === -1 ? ages : ages.slice(0, at);
  const files: TrailFile[] = [];
  for (const age of [...wanted].reverse()) {
    const file = await openLogFile(dir, age);
    if (file !== null) files.push(file);
  }
  const inodes = files.map((file) => file.inode).reverse();
  const isSettled = await haveKeptNames(dir, ages, at === -1 || inode === null ? inodes : [...inodes, inode]);
  if (isSettled) return { files, isComplete: inode === null || at !== -1 || ages.length < 2 };
  await closeAll(files);
  return null;
}

/** Returns whether these files, newest first like the ages, have not been rotated in the meantime. */
async function haveKeptNames(dir: string, ages: readonly number[], inodes: readonly number[]): Promise<boolean> {
  for (const [index, inode] of inodes.entries()) {
    const age = ages[index];
    if (age === undefined || (await inodeOf(dir, age)) !== inode) return false;
  }
  return (await listAges(dir)).length === ages.length;
}

export async function closeAll(files: readonly TrailFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

/** Returns the ages of the existing files, newest first. */
async function listAges(dir: string): Promise<number[]> {
  const hasCurrent = (await inodeOf(dir, 0)) !== null;
  return [...(hasCurrent ? [0] : []), ...rotatedAgesIfAny(dir)];
}

function rotatedAgesIfAny(dir: string): number[] {
  try {
    return rotatedAges(dir);
  } catch {
    return [];
  }
}

async function findInode(dir: string, ages: readonly number[], inode: number): Promise<number> {
  for (const [index, age] of ages.entries()) if ((await inodeOf(dir, age)) === inode) return index;
  return -1;
}

async function inodeOf(dir: string, age: number): Promise<number | null> {
  try {
    return (await stat(join(dir, logFileName(age)))).ino;
  } catch {
    return null;
  }
}
