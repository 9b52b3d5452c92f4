import { ensureFolder } from '../../base/atomic-file.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';

/** Creates a folder for healer's own files. @throws HealerError IO_ERROR with the next step */
export function ensureOwnFolder(path: string): void {
  try {
    ensureFolder(path);
  } catch (cause) {
    const { message, data } = toHealerError(cause);
    const isInTheWay = data['errno'] === 'EEXIST';
    const why = isInTheWay ? `"${String(data['path'])}" is a file or a broken link` : message;
    const sentence = `cannot create the folder "${path}": ${why} — set HEALER_HOME to a writable folder`;
    throw new HealerError('IO_ERROR', sentence, data, { cause });
  }
}
