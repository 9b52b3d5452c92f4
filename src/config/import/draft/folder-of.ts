import { dirname, resolve } from 'node:path';
import { currentFolder } from '../../../base/current-folder.ts';

/** Returns the absolute path of a file. A symbolic link on the way, such as `/srv/app/current`, is kept. */
export function absolutePath(file: string): string {
  return resolve(currentFolder() ?? '/', file);
}

/** Returns the absolute path of a file's folder, like {@link absolutePath}. */
export function folderOf(file: string): string {
  return dirname(absolutePath(file));
}
