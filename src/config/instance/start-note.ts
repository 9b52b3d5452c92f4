import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { replaceFile } from '../../base/atomic-file.ts';
import { codeOf } from '../../base/thrown.ts';

const noteSchema = z.object({
  /** The writer of the note. On a full disk the note of the previous engine may remain. */
  pid: z.number().int(),
  files: z.array(z.string()),
  observes: z.boolean(),
  /** The instance that the engine watches; null for an engine that runs programs of its own. */
  partner: z.string().nullable(),
  isStandalone: z.boolean(),
  /** Whether a service manager started the engine and restarts it. */
  isManaged: z.boolean(),
  cwd: z.string(),
  /** The URL of the engine's aliveness endpoint; null while there is none. */
  statusUrl: z.string().nullable(),
});

/** How an engine was started. The note exists as long as the engine should run, even after it was killed. */
export type StartNote = z.output<typeof noteSchema>;

/** Writes the note atomically. @throws Error the failed system call */
export function writeStartNote(path: string, note: StartNote): void {
  replaceFile(path, `${JSON.stringify(note)}\n`);
}

/**
 * Reads the note. Returns null when it does not exist, which means that the engine should not run.
 * @throws Error when the note exists but cannot be read
 */
export function readStartNote(path: string): StartNote | null {
  try {
    return noteSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}
