import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HealerError } from '../protocol/errors.ts';

const LIST_NAME = 'process_list.txt';

/**
 * Which process list an engine starts with: the one asked for, else the one in the current folder, else the one in
 * the config folder, else none. Absolute.
 * @throws HealerError INVALID_CONFIG when the one asked for cannot be read.
 */
export async function resolveListFile(asked: string | undefined, configDir: string): Promise<string | null> {
  if (asked !== undefined) {
    const path = resolve(asked);
    if (await isReadable(path)) return path;
    throw new HealerError('INVALID_CONFIG', `the process list "${path}" cannot be read — check the path after -f`, {
      path,
    });
  }
  for (const folder of [process.cwd(), configDir]) {
    const path = join(folder, LIST_NAME);
    if (await isReadable(path)) return path;
  }
  return null;
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}
