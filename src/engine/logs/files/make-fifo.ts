import { rmSync, statSync } from 'node:fs';
import type { Libc } from '../../../base/libc.ts';
import { PRIVATE_FILE } from '../../../base/atomic-file.ts';

/** @throws SystemCallError */
export function makeFifo(path: string, libc: Libc): void {
  libc.check('mkfifo', path, PRIVATE_FILE);
}

/** Makes it where there is none; anything else of that name goes. @throws SystemCallError */
export function ensureFifo(path: string, libc: Libc): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFIFO() === true) return;
  rmSync(path, { recursive: true, force: true });
  makeFifo(path, libc);
}
