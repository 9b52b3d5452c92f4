import { rmSync } from 'node:fs';
import { statsOf } from '../../../base/stats-of.ts';
import type { Libc } from '../../../base/libc.ts';
import { PRIVATE_FILE } from '../../../base/atomic-file.ts';

/** Creates a private FIFO. @throws SystemCallError */
export function makeFifo(path: string, libc: Libc): void {
  libc.check('mkfifo', path, PRIVATE_FILE);
}

/** Creates a FIFO unless it exists; any other file at the path is removed. @throws SystemCallError */
export function ensureFifo(path: string, libc: Libc): void {
  const found = statsOf(path);
  if (found?.isFIFO() === true) return;
  rmSync(path, { recursive: true, force: true });
  makeFifo(path, libc);
}
