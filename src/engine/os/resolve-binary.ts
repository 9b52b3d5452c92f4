import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';

/** Looked in after PATH, for engines started with a bare environment (cron, boot). */
const LAST_RESORTS = ['/usr/local/bin', '/usr/bin', '/bin'];

/** Absolute paths by command name, as the configuration has them. */
export type Binaries = Readonly<Record<string, string>>;

/**
 * Finds the file to execute (SPEC section 3). A command with a slash is a path, relative to the program's folder.
 * @throws HealerError SPAWN_FAILED with the places that were tried.
 */
export function resolveBinary(
  command: string,
  cwd: string,
  searchPath: string | undefined,
  binaries: Binaries = {},
): string {
  const candidates = placesOf(command, cwd, searchPath, binaries);
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw notFound(command, candidates);
}

/** As `resolveBinary`, for words that most often name nothing: null then, and without the price of an error. */
export function findBinary(
  command: string,
  cwd: string,
  searchPath: string | undefined,
  binaries: Binaries,
): string | null {
  return placesOf(command, cwd, searchPath, binaries).find(isExecutable) ?? null;
}

function placesOf(command: string, cwd: string, searchPath: string | undefined, binaries: Binaries): string[] {
  return command.includes('/') ? [resolve(cwd, command)] : candidatesOf(command, searchPath, binaries);
}

function candidatesOf(command: string, searchPath: string | undefined, binaries: Binaries): string[] {
  const configured = Object.hasOwn(binaries, command) ? binaries[command] : undefined;
  const folders = [...(searchPath ?? '').split(':').filter(isAbsolute), ...LAST_RESORTS];
  const found = folders.map((folder) => join(folder, command));
  return [...new Set(configured === undefined ? found : [configured, ...found])];
}

function isExecutable(path: string): boolean {
  try {
    // First what costs no exception where there is nothing.
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function notFound(command: string, tried: readonly string[]): HealerError {
  const present = tried.find((path) => statSync(path, { throwIfNoEntry: false }) !== undefined);
  if (present !== undefined) {
    const message = `cannot execute "${present}": it is not an executable file; try chmod +x, or name its interpreter`;
    return new HealerError('SPAWN_FAILED', message, { errno: 'EACCES', path: present, tried });
  }
  const message = `cannot find the executable "${command}"; looked for ${tried.join(', ')}`;
  return new HealerError('SPAWN_FAILED', message, { errno: 'ENOENT', path: command, tried });
}
