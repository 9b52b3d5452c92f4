import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Returns the complete lines of a file and of its rotated predecessors, oldest first. */
export function readRotated(path: string): readonly string[] {
  const name = basename(path);
  const numberOf = (file: string): number => Number(file.slice(name.length + 1) || 0);
  return names(dirname(path))
    .filter((file) => file === name || (file.startsWith(`${name}.`) && /^\.\d+$/.test(file.slice(name.length))))
    .sort((a, b) => numberOf(b) - numberOf(a))
    .flatMap((file) =>
      readText(join(dirname(path), file))
        .split('\n')
        .slice(0, -1),
    );
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
