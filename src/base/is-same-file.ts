import { fstatSync } from 'node:fs';
import { statsOf } from './stats-of.ts';

/** Returns whether a path still refers to the open file: it may have been removed or replaced. */
export function isSameFile(fd: number, path: string): boolean {
  const open = fstatSync(fd);
  const found = statsOf(path);
  return found?.ino === open.ino && found.dev === open.dev;
}
