import { bigStatsOf } from './stats-of.ts';

/**
 * Returns the current folder, or null if it was deleted. If the shell came through a symbolic link, as in `/srv/app/current`,
 * the path with the link is returned: after the next deployment it leads to the new release.
 */
export function currentFolder(): string | null {
  let physical: string;
  try {
    physical = process.cwd();
  } catch {
    return null;
  }
  const logical = process.env['PWD'];
  return logical !== undefined && isNormal(logical) && isSame(logical, physical) ? logical : physical;
}

/** Returns whether a path is absolute and contains no part that could be resolved. */
function isNormal(path: string): boolean {
  return path.startsWith('/') && !path.split('/').some((part) => part === '.' || part === '..');
}

function isSame(logical: string, physical: string): boolean {
  const [found, expected] = [logical, physical].map((path) => bigStatsOf(path));
  return found !== undefined && found.ino === expected?.ino && found.dev === expected.dev;
}
