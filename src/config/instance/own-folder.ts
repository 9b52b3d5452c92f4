import { chmodSync, lstatSync } from 'node:fs';
import { statsOf } from '../../base/stats-of.ts';
import { explainAccess } from '../../base/access-problem.ts';
import { codeOf } from '../../base/thrown.ts';
import { isReadOnly } from '../../base/read-only.ts';
import { ownershipProblem } from '../../base/ownership.ts';
import { ensureFolder, moveAside, PRIVATE_FOLDER } from '../../base/atomic-file.ts';
import type { Paths } from './paths.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';

/**
 * Creates the folders of an engine. The one for program logs is optional, because output that cannot be written is counted.
 * Whatever is not a file in the place of a state file is moved away: opening a FIFO would block the engine. All of them are
 * examined in the way in which sshd examines its own.
 * @returns a sentence for each place that was cleared
 * @throws HealerError IO_ERROR with the next step, or FORBIDDEN if others can change what is in the folders
 */
export function ensureEngineFolders(paths: Paths): readonly string[] {
  const { stateDir, runtimeDir, logsDir } = paths;
  for (const folder of [stateDir, runtimeDir]) ensureOwnFolder(folder);
  try {
    ensureFolder(logsDir);
  } catch (error) {
    if (!isReadOnly(error)) ensureOwnFolder(logsDir);
  }
  tighten(runtimeDir);
  const { registryFile, configDir } = paths;
  for (const path of [stateDir, runtimeDir, configDir]) refuseUnsafe(path);
  const cleared = clearPlaces(paths);
  for (const path of [registryFile, ...stateFiles(paths)]) refuseUnsafe(path);
  return cleared;
}

/**
 * Takes the rights of others from a folder of this user: an earlier version, or the user, may have created it with them.
 * @throws HealerError FORBIDDEN for a link: the rights of what it leads to must not be changed
 */
export function tighten(folder: string): void {
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) throw new HealerError('FORBIDDEN', `"${folder}" is a link, not a folder; remove it`);
  const isOwn = stats.uid === process.geteuid?.();
  if (isOwn && (stats.mode & 0o077) !== 0) chmodSync(folder, PRIVATE_FOLDER);
}

/** The files of the state folder that decide what an engine does. */
function stateFiles({ stateFile, sourcesFile, cooldownFile, holdFile, totalsFile, alertsFile }: Paths): string[] {
  return [stateFile, sourcesFile, cooldownFile, holdFile, totalsFile, alertsFile];
}

function clearPlaces(paths: Paths): string[] {
  return [...stateFiles(paths), paths.healingLog, paths.engineLog]
    .filter((path) => statsOf(path)?.isFile() === false)
    .map((path) => `"${path}" is not a file; it was moved to "${moveAside(path, Date.now())}"`);
}

/** @throws HealerError FORBIDDEN for a file or folder that others can change */
export function refuseUnsafe(path: string): void {
  const problem = ownershipProblem(path);
  if (problem === null) return;
  const { place, message, hint } = problem;
  throw new HealerError('FORBIDDEN', `cannot use "${path}": ${message} — ${hint}`, { path, place });
}

/** Creates a folder for healer's own files. @throws HealerError IO_ERROR with the next step */
export function ensureOwnFolder(path: string): void {
  try {
    ensureFolder(path);
  } catch (cause) {
    const { message, data } = toHealerError(cause);
    const isInTheWay = data['errno'] === 'EEXIST';
    const access = isDenied(cause) ? explainAccess(path) : null;
    const why = isInTheWay ? `"${String(data['path'])}" is a file or a broken link` : (access ?? message);
    // The explanation may end with a step of its own.
    const joint = why.includes(' — ') ? ', or' : ' —';
    const sentence = `cannot create the folder "${path}": ${why}${joint} set HEALER_HOME to a writable folder`;
    throw new HealerError('IO_ERROR', sentence, data, { cause });
  }
}

function isDenied(cause: unknown): boolean {
  return codeOf(cause) === 'EACCES' || codeOf(cause) === 'EPERM';
}
