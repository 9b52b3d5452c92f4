import { fstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { PRIVATE_FILE } from '../../base/atomic-file.ts';
import { ensureOwnFolder } from './own-folder.ts';

/**
 * Opens the file to which a detached engine appends what it prints. `size` is its size in bytes before that.
 * @throws HealerError IO_ERROR if the folder cannot be created, or the error of the system call that failed
 */
export function openEngineLog(path: string): { readonly fd: number; readonly size: number } {
  ensureOwnFolder(dirname(path));
  const fd = openSync(path, 'a', PRIVATE_FILE);
  return { fd, size: fstatSync(fd).size };
}
