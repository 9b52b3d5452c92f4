import { explainAccess } from '../../base/access-problem.ts';
import { codeOf } from '../../base/thrown.ts';
import { isReadOnly } from '../../base/read-only.ts';
import { ensureFolder } from '../../base/atomic-file.ts';
import type { Paths } from './paths.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';

/**
 * Creates the folders of an engine. The one for program logs is optional, because output that cannot be written is counted.
 * @throws HealerError IO_ERROR with the next step
 */
export function ensureEngineFolders({ stateDir, runtimeDir, pipesDir, logsDir }: Paths): void {
  for (const folder of [stateDir, runtimeDir, pipesDir]) ensureOwnFolder(folder);
  try {
    ensureFolder(logsDir);
  } catch (error) {
    if (!isReadOnly(error)) ensureOwnFolder(logsDir);
  }
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
    const step =
      access === null ? ' — set HEALER_HOME to a writable folder' : ', or set HEALER_HOME to a writable folder';
    const sentence = `cannot create the folder "${path}": ${why}${step}`;
    throw new HealerError('IO_ERROR', sentence, data, { cause });
  }
}

function isDenied(cause: unknown): boolean {
  return codeOf(cause) === 'EACCES' || codeOf(cause) === 'EPERM';
}
