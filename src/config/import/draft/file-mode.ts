import { realpathSync, statSync } from 'node:fs';

/** Returns the mode of a regular file; null for other files, and for paths that are missing or invalid. */
export function modeOfFile(path: string): number | null {
  try {
    const facts = statSync(path);
    return facts.isFile() ? facts.mode : null;
  } catch {
    return null;
  }
}

/** Returns whether a path is a folder; false when it is missing or inaccessible. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Returns a path without symbolic links; the path itself when it is missing or inaccessible. */
export function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
