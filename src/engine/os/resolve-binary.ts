import { accessSync, constants } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { statsOf } from '../../base/stats-of.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Searched after PATH, for engines that are started with a minimal environment, such as by cron. */
const FALLBACK_FOLDERS = ['/usr/local/bin', '/usr/bin', '/bin'];

/** Absolute paths by command name, from the setting `binaries`. */
export type Binaries = Readonly<Record<string, string>>;

/**
 * Returns the file to execute. A command with a slash is a path, relative to the program's working folder.
 * @throws HealerError SPAWN_FAILED with the paths that were tried
 */
export function resolveBinary(
  command: string,
  cwd: string,
  searchPath: string | undefined,
  binaries: Binaries = {},
): string {
  const candidates = candidatePaths(command, cwd, searchPath, binaries);
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw notFound(command, candidates);
}

/** Like `resolveBinary`, but returns null if there is no such file, which is cheaper than an error. */
export function findBinary(
  command: string,
  cwd: string,
  searchPath: string | undefined,
  binaries: Binaries,
): string | null {
  return candidatePaths(command, cwd, searchPath, binaries).find(isExecutable) ?? null;
}

function candidatePaths(command: string, cwd: string, searchPath: string | undefined, binaries: Binaries): string[] {
  return command.includes('/') ? [resolve(cwd, command)] : searchedPaths(command, searchPath, binaries);
}

function searchedPaths(command: string, searchPath: string | undefined, binaries: Binaries): string[] {
  const configured = Object.hasOwn(binaries, command) ? binaries[command] : undefined;
  const folders = [...(searchPath ?? '').split(':').filter(isAbsolute), ...FALLBACK_FOLDERS];
  const found = folders.map((folder) => join(folder, command));
  return [...new Set(configured === undefined ? found : [configured, ...found])];
}

function isExecutable(path: string): boolean {
  try {
    // Checked first, because it throws no exception for a missing file.
    if (statsOf(path)?.isFile() !== true) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function notFound(command: string, tried: readonly string[]): HealerError {
  const present = tried.find((path) => statsOf(path) !== undefined);
  if (present !== undefined) {
    const message = `cannot execute "${present}": it is not an executable file; run chmod +x, or put its interpreter in front`;
    return new HealerError('SPAWN_FAILED', message, { errno: 'EACCES', path: present, tried });
  }
  const message = `cannot find the executable "${command}"; searched ${tried.join(', ')}`;
  return new HealerError('SPAWN_FAILED', message, { errno: 'ENOENT', path: command, tried });
}
