import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const CURRENT_LOG = 'current.log';

/** Returns the name of a log file; age 0 is the current file, 1 the previous one. */
export function logFileName(age: number): string {
  return age === 0 ? CURRENT_LOG : `${CURRENT_LOG}.${String(age)}`;
}

const ROTATED = /^current\.log\.([1-9]\d{0,6})$/;

/**
 * Renames the log files to make room for a new current.log, and keeps the newest `keep` of them. If interrupted, the files
 * stay in order, possibly with a number missing.
 */
export function rotate(dir: string, keep: number): void {
  const ages = rotatedAges(dir);
  for (const age of ages.filter((age) => age >= Math.max(keep, 1))) rmSync(join(dir, logFileName(age)));
  if (keep === 0) {
    rmSync(join(dir, CURRENT_LOG), { force: true });
    return;
  }
  for (const age of ages.filter((age) => age < keep).reverse()) {
    renameSync(join(dir, logFileName(age)), join(dir, logFileName(age + 1)));
  }
  renameSync(join(dir, CURRENT_LOG), join(dir, logFileName(1)));
}

/** Returns the ages of the existing rotated files, newest first. */
export function rotatedAges(dir: string): number[] {
  return readdirSync(dir)
    .map((name) => Number(ROTATED.exec(name)?.[1] ?? 0))
    .filter((age) => age > 0)
    .sort((a, b) => a - b);
}
