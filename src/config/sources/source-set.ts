import { realpathSync } from 'node:fs';

/** The files of one `healer up`: their definitions are merged by id. The same id in another `up` is a conflict. */
export type Up = readonly string[];

/** Returns every file of a set of sources, in order. */
export function filesOf(ups: readonly Up[]): readonly string[] {
  return ups.flat();
}

/**
 * Returns the set with the files of another `healer up`. Files that the set contains, possibly under another path, stay
 * where they are. New files join the `up` of the known files that they were named with, or form one of their own.
 */
export function addToSet(ups: readonly Up[], files: readonly string[]): readonly Up[] {
  const known = new Set(filesOf(ups));
  const named = [...new Set(files.map((file) => knownPathOf(file, known)))];
  const fresh = named.filter((file) => !known.has(file));
  if (fresh.length === 0) return ups;
  const companion = named.find((file) => known.has(file));
  if (companion === undefined) return [...ups, fresh];
  return ups.map((up) => (up.includes(companion) ? [...up, ...fresh] : up));
}

/** Returns the set without some files. Files that are not in the set are ignored. */
export function dropFromSet(ups: readonly Up[], files: readonly string[]): readonly Up[] {
  const known = new Set(filesOf(ups));
  const dropped = new Set(files.map((file) => knownPathOf(file, known)));
  return ups.map((up) => up.filter((file) => !dropped.has(file))).filter((up) => up.length > 0);
}

/** Returns whether the set contains a file, possibly under another path. */
export function isInSet(ups: readonly Up[], file: string): boolean {
  const known = new Set(filesOf(ups));
  return known.has(knownPathOf(file, known));
}

/** Returns the path under which a set contains a file: a symbolic link and its target are the same file. */
function knownPathOf(file: string, known: ReadonlySet<string>): string {
  if (known.has(file) || known.size === 0) return file;
  const target = realPathOf(file);
  return [...known].find((other) => realPathOf(other) === target) ?? file;
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
