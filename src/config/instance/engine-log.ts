import { constants, fstatSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PRIVATE_FILE } from '../../base/atomic-file.ts';
import { ensureOwnFolder, refuseUnsafe } from './own-folder.ts';
import type { Paths } from './paths.ts';

/** The open file to which a detached engine appends what it prints. */
export interface OpenEngineLog {
  readonly fd: number;
  readonly path: string;
  /** Its size in bytes when it was opened. */
  readonly size: number;
}

/**
 * Opens the log of a detached engine. It is in the state folder or, while that folder cannot be written, in the runtime
 * folder: a read-only disk must not prevent the engine from starting.
 * @throws HealerError FORBIDDEN if others can write to the folder, IO_ERROR if the folder cannot be created, or the error of the system call that failed
 */
export function openEngineLog({ engineLog, runtimeDir, instance }: EngineLogPlaces): OpenEngineLog {
  try {
    return openIn(engineLog);
  } catch (error) {
    try {
      return openIn(join(runtimeDir, `${instance}.engine.log`));
    } catch {
      throw error;
    }
  }
}

/** Opening a FIFO fails instead of waiting for a reader. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

type EngineLogPlaces = Pick<Paths, 'engineLog' | 'runtimeDir' | 'instance'>;

function openIn(path: string): OpenEngineLog {
  ensureOwnFolder(dirname(path));
  refuseUnsafe(dirname(path));
  const fd = openSync(path, FLAGS, PRIVATE_FILE);
  return { fd, path, size: fstatSync(fd).size };
}
