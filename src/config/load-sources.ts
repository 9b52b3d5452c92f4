import { readFile, stat } from 'node:fs/promises';
import type { ConfigProblem } from './config-problem.ts';
import { mergeRegistry } from './merge-registry.ts';
import { parseProcessList } from './process-list.ts';
import type { Registry } from './registry-content.ts';
import { loadRegistry } from './registry-source.ts';
import type { SourcedSpec } from './sourced-spec.ts';

export interface SourceFiles {
  /** A process list; null when there is none. */
  readonly listFile: string | null;
  readonly registryFile: string;
}

interface LoadedList {
  /** One a program, in the order in which they are defined. */
  readonly specs: readonly SourcedSpec[];
  readonly problems: readonly ConfigProblem[];
  /** False when a part could not be read: then nobody knows which programs are gone. */
  readonly isComplete: boolean;
}

export interface LoadedSources extends LoadedList {
  /** Programs that the files define, by id → where: what the registry says of them are differences. */
  readonly elsewhere: ReadonlyMap<string, string>;
  readonly registry: Registry;
}

/** Reads what defines programs. Never rejects: a source that cannot be read is a problem that says why. */
export async function loadSources({ listFile, registryFile }: SourceFiles): Promise<LoadedSources> {
  const list = await loadList(listFile);
  const source = loadRegistry(registryFile);
  const merged = mergeRegistry(list.specs, source, registryFile);
  return {
    specs: merged.specs,
    problems: [...list.problems, ...source.problems, ...merged.problems],
    isComplete: list.isComplete && source.isComplete && merged.isComplete,
    elsewhere: new Map(list.specs.map(({ spec, origin }) => [spec.id, origin])),
    registry: source.registry,
  };
}

async function loadList(listFile: string | null): Promise<LoadedList> {
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
