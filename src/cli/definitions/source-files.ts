import { currentFolder } from '../../base/current-folder.ts';
import { existingFolder } from './existing-folder.ts';
import { access, constants } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';

/** The first existing file of each group is used. */
const DEFAULT_NAMES: readonly (readonly string[])[] = [['process_list.txt'], ['healer.yaml', 'healer.yml']];

/**
 * Returns the absolute paths of the files that an engine starts with: those given, or those in the current folder, or
 * those in the config folder, or none.
 * @throws HealerError INVALID_CONFIG if a given file cannot be read
 */
export async function resolveSourceFiles(
  given: readonly string[] | undefined,
  configDir: string,
): Promise<readonly string[]> {
  if (given !== undefined && given.length > 0) return Promise.all(given.map(resolveGiven));
  for (const folder of [currentFolder() ?? configDir, configDir]) {
    const found = await Promise.all(DEFAULT_NAMES.map((names) => firstReadable(folder, names)));
    const files = found.flatMap((file) => file ?? []);
    if (files.length > 0) return files;
  }
  return [];
}

async function resolveGiven(given: string): Promise<string> {
  const path = isAbsolute(given) ? given : resolve(existingFolder(), given);
  if (await isReadable(path)) return path;
  throw new HealerError('INVALID_CONFIG', `cannot read "${path}" — check the path`, { path });
}

async function firstReadable(folder: string, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const path = join(folder, name);
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
