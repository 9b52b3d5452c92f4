import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Fields } from '../reading/source-reading.ts';

/** Resolves a path relative to a file's folder; `~/` stands for the home folder. */
export function pathFrom(folder: string, path: string): string {
  return path.startsWith('~/') ? join(homedir(), path.slice(2)) : resolve(folder, path);
}

/** Makes the paths of a program absolute: the working directory, the pid file, env files, and commands with a slash. */
export function resolveProgramPaths(fields: Fields, folder: string): Fields {
  const resolved: Record<string, unknown> = { ...fields };
  const { command, cwd, envFile, health, pidFile } = fields;
  if (typeof pidFile === 'string') resolved['pidFile'] = pathFrom(folder, pidFile);
  if (typeof cwd === 'string') resolved['cwd'] = pathFrom(folder, cwd);
  if (typeof command === 'string' && fields['shell'] !== true) resolved['command'] = executableFrom(folder, command);
  if (typeof envFile === 'string') resolved['envFile'] = envFileFrom(folder, envFile);
  if (Array.isArray(envFile)) {
    resolved['envFile'] = envFile.map((file: unknown) => (typeof file === 'string' ? envFileFrom(folder, file) : file));
  }
  if (isFields(health)) resolved['health'] = { ...health, check: resolveCheck(health['check'], folder) };
  return resolved;
}

function resolveCheck(check: unknown, folder: string): unknown {
  if (!isFields(check) || typeof check['command'] !== 'string') return check;
  return { ...check, command: executableFrom(folder, check['command']) };
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
