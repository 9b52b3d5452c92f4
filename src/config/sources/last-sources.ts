import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { replaceFile } from '../../base/atomic-file.ts';

const fileSchema = z.object({ files: z.array(z.string()) });

/**
 * Notes which files an engine takes its programs from, for commands that change a program while no engine runs: they
 * look there whether it exists. A note that cannot be written costs no more than that check.
 */
export function noteSources(path: string, files: readonly string[]): void {
  try {
    replaceFile(path, `${JSON.stringify({ files })}\n`);
  } catch {
    return;
  }
}

/** The files of the engine that ran last; none where nobody knows. */
export function readLastSources(path: string): readonly string[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).files;
  } catch {
    return [];
  }
}
