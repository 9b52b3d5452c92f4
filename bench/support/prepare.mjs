import { join } from 'node:path';
import { Reports } from './reports.mjs';

/** Creates the names of some programs, and the FIFO to which they report. @param {string} folder @param {number} count */
export function prepare(folder, count) {
  const names = Array.from({ length: count }, (_, number) => `p${number}`);
  const reports = new Reports(join(folder, 'reports'));
  return { names, reports, arrived: reports.next(names) };
}
