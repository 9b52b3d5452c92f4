import { ensureFolder } from '../../base/atomic-file.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';

/** Makes a folder where healer keeps what is its own. @throws HealerError IO_ERROR with what to do */
export function ensureOwnFolder(path: string): void {
  try {
    ensureFolder(path);
  } catch (cause) {
    const { message, data } = toHealerError(cause);
    const isInTheWay = data['errno'] === 'EEXIST';
    const why = isInTheWay ? `"${String(data['path'])}" is a file, or a link that leads nowhere` : message;
    const sentence = `cannot make the folder "${path}": ${why} — set HEALER_HOME to a folder that can be written`;
    throw new HealerError('IO_ERROR', sentence, data, { cause });
  }
}
