import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { replaceFile } from '../../base/atomic-file.ts';

const noteSchema = z.object({ files: z.array(z.string()) });

/**
 * Records which files an engine reads programs from. Commands that change a program while no engine runs use the note to
 * check that the program exists. A failed write is ignored, because that check is all that depends on it.
 */
export function writeSourcesNote(path: string, files: readonly string[]): void {
  try {
    replaceFile(path, `${JSON.stringify({ files })}\n`);
  } catch {
    return;
  }
}

/** Returns the files of the engine that ran last; none when they are unknown. */
export function readSourcesNote(path: string): readonly string[] {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).files;
  } catch {
    return [];
  }
}
