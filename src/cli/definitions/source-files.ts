import { access, constants } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';

/** In each of these groups the first that is there counts. */
const DEFAULT_NAMES: readonly (readonly string[])[] = [['process_list.txt'], ['healer.yaml', 'healer.yml']];

/**
 * Which files an engine starts with: those asked for, else those in the current folder, else those in the config
 * folder, else none. Absolute.
 * @throws HealerError INVALID_CONFIG when one that was asked for cannot be read.
 */
export async function resolveSourceFiles(
  asked: readonly string[] | undefined,
  configDir: string,
): Promise<readonly string[]> {
  if (asked !== undefined && asked.length > 0) return Promise.all(asked.map(resolveAsked));
  for (const folder of [process.cwd(), configDir]) {
    const found = await Promise.all(DEFAULT_NAMES.map((names) => firstReadable(folder, names)));
    const files = found.flatMap((file) => file ?? []);
    if (files.length > 0) return files;
  }
  return [];
}

async function resolveAsked(asked: string): Promise<string> {
  const path = resolve(asked);
  if (await isReadable(path)) return path;
  throw new HealerError('INVALID_CONFIG', `the file "${path}" cannot be read — check its path`, { path });
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
