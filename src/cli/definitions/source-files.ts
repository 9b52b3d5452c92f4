import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { currentFolder } from '../../base/current-folder.ts';
import type { Paths } from '../../config/instance/paths.ts';
import { HealerError } from '../../protocol/errors.ts';
import { existingFolder } from './existing-folder.ts';

/** The first existing file of each group is used. */
const DEFAULT_NAMES: readonly (readonly string[])[] = [['process_list.txt'], ['healer.yaml', 'healer.yml']];

/** Source files for a command, as absolute paths. */
export interface FoundFiles {
  readonly files: readonly string[];
  /** Whether they were named on the command line, or where they were found. */
  readonly from: 'command line' | 'current folder' | 'config folder';
}

/**
 * Returns the files that a command uses: those given, or those in the current folder, or those in the config folder, or none.
 * @param here the current folder; null if it was deleted
 * @throws HealerError INVALID_CONFIG if a given file cannot be read
 */
export async function findSourceFiles(
  given: readonly string[] | undefined,
  configDir: string,
  here = currentFolder(),
): Promise<FoundFiles> {
  if (given !== undefined && given.length > 0) {
    return { files: await Promise.all(given.map(resolveGiven)), from: 'command line' };
  }
  const found = here === null ? [] : await defaultsIn(here);
  if (found.length > 0) return { files: found, from: 'current folder' };
  return { files: await defaultsIn(configDir), from: 'config folder' };
}

/** Returns the files that `healer up` would read here, those of the last engine included, for each `up`. */
export async function filesOfUp({ configDir, sourcesFile }: Paths): Promise<readonly (readonly string[])[]> {
  const [{ files, from }, { nextSources }] = await Promise.all([
    findSourceFiles(undefined, configDir),
    import('../../config/sources/next-sources.ts'),
  ]);
  const { ups, note } = nextSources(sourcesFile, { files, replaces: false });
  return from === 'config folder' && note.ups.length > 0 ? note.ups : ups;
}

/** Returns the files of `findSourceFiles`. @throws HealerError INVALID_CONFIG if a given file cannot be read */
export async function resolveSourceFiles(
  given: readonly string[] | undefined,
  configDir: string,
  here = currentFolder(),
): Promise<readonly string[]> {
  return (await findSourceFiles(given, configDir, here)).files;
}

/** Returns the absolute path of a file that was named on the command line. It may not exist. */
export function absolutePath(given: string): string {
  return isAbsolute(given) ? resolve(given) : resolve(existingFolder(), given);
}

async function defaultsIn(folder: string): Promise<readonly string[]> {
  const found = await Promise.all(DEFAULT_NAMES.map((names) => firstReadable(folder, names)));
  return found.flatMap((file) => file ?? []);
}

async function resolveGiven(given: string): Promise<string> {
  const path = absolutePath(given);
  if (!(await isReadable(path))) {
    throw new HealerError('INVALID_CONFIG', `cannot read "${path}" — check the path`, { path });
  }
  const facts = await stat(path);
  if (facts.isFile()) {
    await refuseForeign(path, given);
    return path;
  }
  const what = facts.isDirectory()
    ? 'a folder; name a file in it'
    : 'not a regular file; save its content to a file first';
  throw new HealerError('INVALID_CONFIG', `cannot read programs from "${path}": it is ${what}`, { path });
}

/**
 * Refuses a file whose name shows that another program manager reads it: most of its lines would be errors. YAML and JSON are
 * read whatever their name is, and their problems mention the import.
 */
async function refuseForeign(path: string, given: string): Promise<void> {
  if (/\.(?:ya?ml|json)$/i.test(path)) return;
  const { formatOfName } = await import('../../config/import/foreign-format.ts');
  const format = formatOfName(path);
  const isScript = /\.[cm]?[jt]s$/i.test(path);
  if ((format?.kind ?? null) === null && !isScript) return;
  const what = format?.name ?? 'a script, not a healer.yaml or a process list';
  const message = `cannot read programs from "${path}": it is ${what} — convert it with "healer import ${given}"`;
  throw new HealerError('INVALID_CONFIG', message, { path });
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
