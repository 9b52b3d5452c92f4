import { join, resolve } from 'node:path';
import { homeOf } from '../instance/paths.ts';
import type { Fields } from '../reading/source-reading.ts';

/** Resolves a path relative to a file's folder; `~/` stands for the home folder. */
export function pathFrom(folder: string, path: string): string {
  return path.startsWith('~/') ? join(homeOf(process.env), path.slice(2)) : resolve(folder, path);
}

/**
 * Makes the paths of a program absolute: the working directory, the pid file, env files, and commands with a slash, also
 * those of checks and hooks.
 */
export function resolveProgramPaths(fields: Fields, folder: string): Fields {
  const resolved: Record<string, unknown> = { ...fields };
  const { command, cwd, envFile, health, pidFile, stop, hooks } = fields;
  if (typeof pidFile === 'string') resolved['pidFile'] = pathFrom(folder, pidFile);
  if (typeof cwd === 'string') resolved['cwd'] = pathFrom(folder, cwd);
  if (typeof command === 'string' && fields['shell'] !== true) resolved['command'] = executableFrom(folder, command);
  if (typeof envFile === 'string') resolved['envFile'] = envFileFrom(folder, envFile);
  if (Array.isArray(envFile)) {
    resolved['envFile'] = envFile.map((file: unknown) => (typeof file === 'string' ? envFileFrom(folder, file) : file));
  }
  if (isFields(health)) resolved['health'] = { ...health, check: resolveCheck(health['check'], folder) };
  if (isFields(stop)) resolved['stop'] = { ...stop, ...commandPath(stop['command'], folder) };
  if (isFields(hooks)) {
    const own = Object.entries(hooks).map(([name, hook]) => [name, commandPath(hook, folder)?.command ?? hook]);
    resolved['hooks'] = Object.fromEntries(own);
  }
  return resolved;
}

/** Resolves the executable of a command in any of its forms: a text, a list of words, or a map. */
function commandPath(command: unknown, folder: string): { readonly command: unknown } | null {
  if (typeof command === 'string') {
    const [file = '', ...rest] = command.trim().split(/(\s+)/);
    return { command: [executableFrom(folder, file), ...rest].join('') };
  }
  if (Array.isArray(command)) {
    const [file, ...words] = command as readonly unknown[];
    return { command: [typeof file === 'string' ? executableFrom(folder, file) : file, ...words] };
  }
  if (!isFields(command) || typeof command['command'] !== 'string') return null;
  return { command: { ...command, command: executableFrom(folder, command['command']) } };
}

function resolveCheck(check: unknown, folder: string): unknown {
  if (!isFields(check)) return check;
  const { command, ca } = check;
  return {
    ...check,
    ...(typeof command === 'string' ? { command: executableFrom(folder, command) } : {}),
    ...(typeof ca === 'string' ? { ca: pathFrom(folder, ca) } : {}),
  };
}

/** A name without a slash is not a path: it is looked up later. */
function executableFrom(folder: string, command: string): string {
  return command.includes('/') ? pathFrom(folder, command) : command;
}

/** A leading question mark means that the file may be missing. */
function envFileFrom(folder: string, file: string): string {
  return file.startsWith('?') ? `?${pathFrom(folder, file.slice(1))}` : pathFrom(folder, file);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
