import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainAccess } from './access-problem.ts';
import { codeOf, messageOf } from './thrown.ts';

type Explanations = Readonly<Partial<Record<string, (path: string) => string>>>;

const EITHER: Explanations = {
  EACCES: (path) => explainAccess(path) ?? 'permission denied — check the permissions of the path',
  ENOTDIR: () => 'a part of the path is not a folder — check the path',
  ELOOP: () => 'its symbolic links form a circle — check the path',
  ENAMETOOLONG: () => 'the path is too long — use a shorter one',
};

const READING: Explanations = {
  ...EITHER,
  ENOENT: () => 'file not found — check the path',
  EISDIR: () => 'it is a folder — name a file in it',
};

const WRITING: Explanations = {
  ...EITHER,
  ENOENT: (path) =>
    existsSync(dirname(path))
      ? `nothing can be created in "${dirname(path)}" — use another path`
      : `its folder "${dirname(path)}" does not exist — create it, or check the path`,
  EISDIR: () => 'it is a folder — name a file in it',
  EEXIST: () => 'it exists already and is not a folder — use another name',
  EROFS: () => 'the file system is read-only — use a path on another one',
  ENOSPC: () => 'the disk is full — free some space',
  EDQUOT: () => 'the disk quota is used up — free some space',
};

/** Explains in plain words why a file that a user has named cannot be read, with the next step. */
export function explainReadProblem(path: string, error: unknown): string {
  return explain(READING, path, error);
}

/** Explains in plain words why a file or folder that a user has named cannot be written, with the next step. */
export function explainWriteProblem(path: string, error: unknown): string {
  return explain(WRITING, path, error);
}

function explain(explanations: Explanations, path: string, error: unknown): string {
  if (path === '') return 'the path is empty — write one';
  return explanations[codeOf(error) ?? '']?.(path) ?? messageOf(error);
}
