import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { replaceFile } from '../../base/atomic-file.ts';
import { codeOf } from '../../base/thrown.ts';

const noteSchema = z.object({
  /** Who wrote it; on a full disk the note of the engine before may still be there. */
  pid: z.number().int(),
  files: z.array(z.string()),
  observes: z.boolean(),
  /** The instance that it is there to watch; null for an engine with work of its own. */
  partner: z.string().nullable(),
  isStandalone: z.boolean(),
  /** A service manager started it, and starts it again. */
  isManaged: z.boolean(),
  cwd: z.string(),
  /** Where it tells that it is alive; null while or where it does not. */
  statusUrl: z.string().nullable(),
});

/** How an engine was started. Its note is there as long as the engine is to run, also when it died. */
export type StartNote = z.output<typeof noteSchema>;

/** @throws the error of the system call that failed */
export function writeStartNote(path: string, note: StartNote): void {
  replaceFile(path, `${JSON.stringify(note)}\n`);
}

/**
 * Null when the engine is not to run.
 * @throws Error when that cannot be told, since the note cannot be read
 */
export function readStartNote(path: string): StartNote | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
