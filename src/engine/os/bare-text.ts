import { accessSync, constants } from 'node:fs';
import { HealerError } from '../../protocol/errors.ts';
import { readHead } from './executable-head.ts';
import { describeFormat } from './file-format.ts';

/**
 * Rejects an executable text file without a #! line. Node and execvp(3) would run it in a shell, which healer does only if
 * configured.
 * @throws HealerError SPAWN_FAILED
 */
export function refuseBareText(file: string): void {
  if (!isBareText(file)) return;
  throw new HealerError('SPAWN_FAILED', `cannot start "${file}": ${describeFormat(file)}`, {
    errno: 'ENOEXEC',
    path: file,
  });
}

/** Binaries start with a byte that is not text. */
function isBareText(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const head = readHead(file, 2);
    return head !== '#!' && !/^[^\t\n\r -~]/.test(head);
  } catch {
    // The start itself reports what is wrong with the file.
    return false;
  }
}
