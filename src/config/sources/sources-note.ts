import { replaceFile } from '../../base/atomic-file.ts';
import { parseJsonObject } from '../../base/parse-json-object.ts';
import { readRegularFile } from '../../base/regular-file.ts';
import { codeOf, messageOf } from '../../base/thrown.ts';
import { filesOf, type Up } from './source-set.ts';

/** The set of sources of the last engine. */
export interface SourcesNote {
  /** Empty if no engine has run yet. */
  readonly ups: readonly Up[];
  /** Why the note cannot be used; null if it could be read, or does not exist. */
  readonly problem: string | null;
  readonly exists: boolean;
}

/**
 * Records the files from which an engine reads programs. The next engine continues with them, however this one ends.
 * @throws Error the failed system call
 */
export function writeSourcesNote(path: string, ups: readonly Up[]): void {
  // The previous version of healer reads `files`.
  replaceFile(path, `${JSON.stringify({ files: filesOf(ups), ups })}\n`);
}

/** Reads the files of the engine that ran last. Never throws. Does not use zod, because the command line calls it. */
export function readSourcesNote(path: string): SourcesNote {
  try {
    const note = parseJsonObject(readRegularFile(path).content.toString());
    const ups = note?.['ups'] ?? [note?.['files']];
    if (!isUps(ups)) return unusable('it is damaged');
    return { ups: ups.filter((up) => up.length > 0), problem: null, exists: true };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { ups: [], problem: null, exists: false };
    return unusable(messageOf(error));
  }
}

function unusable(problem: string): SourcesNote {
  return { ups: [], problem, exists: true };
}

/** Returns whether an untrusted value is a set of sources. */
export function isUps(value: unknown): value is readonly Up[] {
  return Array.isArray(value) && value.every(isUp);
}

function isUp(value: unknown): value is Up {
  return Array.isArray(value) && value.every((file) => typeof file === 'string' && file.startsWith('/'));
}
