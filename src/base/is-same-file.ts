import { fstatSync, statSync } from 'node:fs';

/** Returns whether a path still refers to the open file: it may have been removed or replaced. */
export function isSameFile(fd: number, path: string): boolean {
  const open = fstatSync(fd);
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.ino === open.ino && found.dev === open.dev;
}
