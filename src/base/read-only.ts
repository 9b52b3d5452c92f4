import { accessSync, constants, rmSync } from 'node:fs';
import { codeOf } from './thrown.ts';

const CODES = ['EROFS', 'EACCES', 'EPERM'];

/** Returns whether a system call failed because the file or its folder cannot be written, as on a read-only disk. */
export function isReadOnly(error: unknown): boolean {
  return CODES.includes(codeOf(error) ?? '');
}

/** Returns whether files can be created in a folder. */
export function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Removes a file unless it is missing or on a read-only disk. @throws the error of the system call that failed */
export function removeIfWritable(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (!isReadOnly(error)) throw error;
  }
}
