import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** On a busy machine, a file may be rotated several times while it is read. */
const TRIES = 10;

/** Returns the complete lines of a file and of its rotated predecessors, oldest first. */
export function readRotated(path: string): readonly string[] {
  for (let tries = 1; ; tries++) {
    const before = inodesOf(path);
    const lines = readAll(path);
    if (before === inodesOf(path) || tries === TRIES) return lines;
  }
}

function readAll(path: string): readonly string[] {
  return rotatedPaths(path).flatMap((file) => readText(file).split('\n').slice(0, -1));
}

/** Returns the paths of the rotated predecessors of a file and of the file itself, oldest first. */
export function rotatedPaths(path: string): readonly string[] {
  const name = basename(path);
  const numberOf = (file: string): number => Number(file.slice(name.length + 1) || 0);
  return names(dirname(path))
    .filter((file) => file === name || (file.startsWith(`${name}.`) && /^\.\d+$/.test(file.slice(name.length))))
    .sort((a, b) => numberOf(b) - numberOf(a))
    .map((file) => join(dirname(path), file));
}

function inodesOf(path: string): string {
  return rotatedPaths(path)
    .map((file) => statSync(file, { throwIfNoEntry: false })?.ino ?? 0)
    .join();
}

export function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A file may be rotated away at this moment. The check is then repeated, since lines appear to be missing. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
