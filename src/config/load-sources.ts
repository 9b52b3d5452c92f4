import { readFile, stat } from 'node:fs/promises';
import type { ConfigProblem } from './config-problem.ts';
import { parseProcessList } from './process-list.ts';
import type { SourcedSpec } from './sourced-spec.ts';

interface Sources {
  /** A process list; null when there is none. */
  readonly listFile: string | null;
}

interface LoadedSources {
  /** One a program, in the order in which they are defined. */
  readonly specs: readonly SourcedSpec[];
  readonly problems: readonly ConfigProblem[];
  /** False when a part could not be read: then nobody knows which programs are gone. */
  readonly isComplete: boolean;
}

/** Reads what defines programs. Never rejects: a source that cannot be read is a problem that says why. */
export async function loadSources({ listFile }: Sources): Promise<LoadedSources> {
  if (listFile === null) return { specs: [], problems: [], isComplete: true };
  try {
    const { entries, problems, isComplete } = parseProcessList(await readRegularFile(listFile), listFile);
    return { specs: entries, problems, isComplete };
  } catch (error) {
    return { specs: [], problems: [describeUnreadable(listFile, error)], isComplete: false };
  }
}

/** A pipe or device would be waited for without end. */
async function readRegularFile(file: string): Promise<Buffer> {
  const facts = await stat(file);
  if (facts.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  if (!facts.isFile()) throw new Error('it is not a regular file');
  return readFile(file);
}

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file; check the path or create it',
  ENOTDIR: 'a part of the path is not a folder; check the path',
  EISDIR: 'this is a folder; name a file in it',
  EACCES: 'this user may not read it; check its permissions',
};

function describeUnreadable(file: string, error: unknown): ConfigProblem {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return {
    severity: 'error',
    file,
    line: null,
    column: null,
    message: `cannot read "${file}"`,
    hint: HINTS[code] ?? message,
  };
}
