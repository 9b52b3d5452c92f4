import { statSync } from 'node:fs';

/** Permissions of a regular file; null for what is none, cannot be reached, or cannot even be a path. */
export function modeOfFile(path: string): number | null {
  try {
    const facts = statSync(path);
    return facts.isFile() ? facts.mode : null;
  } catch {
    return null;
  }
}

/** False also for what is not there or may not be looked at. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
