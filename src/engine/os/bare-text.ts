import { accessSync, constants } from 'node:fs';
import { HealerError } from '../../protocol/errors.ts';
import { readHead } from './executable-head.ts';

/**
 * Node and execvp(3) hand an executable text without a #! line to a shell; healer never uses one unasked.
 * @throws HealerError SPAWN_FAILED
 */
export function refuseBareText(file: string): void {
  if (!isBareText(file)) return;
  throw new HealerError('SPAWN_FAILED', `cannot start "${file}": it is neither a program nor a script with a #! line`, {
    errno: 'ENOEXEC',
    path: file,
  });
}

/** Programs begin with a byte that is no text. */
function isBareText(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const head = readHead(file, 2);
    return head !== '#!' && !/^[^\t\n\r -~]/.test(head);
  } catch {
    // What is wrong with it the start itself will say.
    return false;
  }
}
