import { accessSync, constants, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { HealerError } from '../../protocol/errors.ts';

/** Looked in after PATH, for engines started with a bare environment (cron, boot). */
const LAST_RESORTS = ['/usr/local/bin', '/usr/bin', '/bin'];

/**
 * Finds the file to execute (SPEC section 3). A command with a slash is a path, relative to the program's folder.
 * @throws HealerError SPAWN_FAILED with the places that were tried.
 */
export function resolveBinary(command: string, cwd: string, searchPath: string | undefined): string {
  const candidates = command.includes('/') ? [resolve(cwd, command)] : candidatesOf(command, searchPath);
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  throw notFound(command, candidates);
}

function candidatesOf(command: string, searchPath: string | undefined): string[] {
  const folders = [...(searchPath ?? '').split(':').filter(isAbsolute), ...LAST_RESORTS];
  return [...new Set(folders)].map((folder) => join(folder, command));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
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
