import { realpathSync } from 'node:fs';
import { knownToolFolders, toolFolderOf } from '../../base/tool-folders.ts';
import { matchesPathPattern } from '../reading/path-pattern.ts';

const NO_WILDCARDS = 'wildcards do not count there; list the exact path of each program';

/** A pattern that has less effect than it seems to have. */
interface IgnoredPattern {
  readonly message: string;
  readonly hint: string;
}

/**
 * Returns the patterns of the executable whitelist that have less effect than they seem to have: wildcards do not count in
 * folders with tools, and a symbolic link is not what is executed. See docs/security.md.
 * @param searchPath the PATH of the engine
 */
export function ignoredPatterns(patterns: readonly string[], searchPath = ''): readonly IgnoredPattern[] {
  return patterns.flatMap((pattern) => {
    const problem = pattern.includes('*') ? wildcardProblem(pattern, searchPath) : linkProblem(pattern);
    if (problem === null) return [];
    const [what, hint] = problem;
    return [{ message: `the pattern "${pattern}" of the executable whitelist ${what}`, hint }];
  });
}

type Problem = readonly [what: string, hint: string];

function wildcardProblem(pattern: string, searchPath: string): Problem | null {
  const folder = pattern.slice(0, pattern.lastIndexOf('/', pattern.indexOf('*')) + 1);
  const toolFolder = folder === '' ? null : toolFolderOf(`${folder}program`, [searchPath]);
  if (toolFolder !== null) return [`has no effect, because it is in ${toolFolder}`, NO_WILDCARDS];
  const folders = knownToolFolders([searchPath]);
  const reached = folders.filter((each) => matchesPathPattern(pattern, `${each}/program`, { ignoresCase: false }));
  if (reached.length === 0) return null;
  return [`does not include programs in ${reached.map((each) => `"${each}"`).join(', ')}`, NO_WILDCARDS];
}

function linkProblem(pattern: string): Problem | null {
  try {
    const realPath = realpathSync.native(pattern);
    return realPath === pattern ? null : [`has no effect, because it leads to "${realPath}"`, 'list that path instead'];
  } catch {
    return null;
  }
}
