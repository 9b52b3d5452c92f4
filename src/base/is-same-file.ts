import { fstatSync, statSync } from 'node:fs';

/** False when the file that is open was removed: its path leads nowhere then, or to one that somebody else has made. */
export function isSameFile(fd: number, path: string): boolean {
  const open = fstatSync(fd);
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.ino === open.ino && found.dev === open.dev;
}
