import { readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export const CURRENT_LOG = 'current.log';

/** 0 is the file that is being written, 1 the one before it. */
export function logFileName(age: number): string {
  return age === 0 ? CURRENT_LOG : `${CURRENT_LOG}.${String(age)}`;
}

const ROTATED = /^current\.log\.([1-9]\d{0,6})$/;

/**
 * Makes room for a new current.log and keeps the newest `keep` old ones. Interrupted at any point it leaves a row of
 * files in the right order, perhaps with a number missing.
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

/** Of the rotated files that are there, youngest first. */
export function rotatedAges(dir: string): number[] {
  return readdirSync(dir)
    .map((name) => Number(ROTATED.exec(name)?.[1] ?? 0))
    .filter((age) => age > 0)
    .sort((a, b) => a - b);
}
