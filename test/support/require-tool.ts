import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Checks that a program that a test runs is installed, so that a test that cannot run fails instead of being skipped.
 * @throws Error naming the program
 */
export function requireTool(name: string): void {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  if (!folders.some((folder) => isExecutable(join(folder, name)))) {
    throw new Error(`"${name}" is not installed, and this test needs it; ".ci/run" installs what tests need`);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
