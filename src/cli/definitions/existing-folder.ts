import { isAbsolute } from 'node:path';
import { currentFolder } from '../../base/current-folder.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Returns the current folder, for a command that needs it. @throws HealerError IO_ERROR if it was deleted */
export function existingFolder(): string {
  const folder = currentFolder();
  if (folder === null) throw new HealerError('IO_ERROR', 'this folder no longer exists; change to another one');
  return folder;
}

/** @throws HealerError IO_ERROR if the path is relative and the current folder was deleted */
export function refuseInDeletedFolder(path: string): void {
  if (!isAbsolute(path)) existingFolder();
}
