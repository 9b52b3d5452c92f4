import { rmSync } from 'node:fs';
import { codeOf } from '../../src/base/thrown.ts';

const MOST_TRIES = 100;

/**
 * Removes a folder, if it exists, while processes still create files in it. `maxRetries` of `rmSync` does not help there: it
 * repeats the removal of the folder, and not of what was created in it meanwhile.
 */
export function removeFolder(path: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY' || tries === MOST_TRIES) throw error;
    }
  }
}
