import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { whoCanReplace } from '../../base/other-writers.ts';
import { InterpreterCopies } from './interpreter-copies.ts';
import { type Binaries, findBinary } from './resolve-binary.ts';
import { readScriptLine } from './script-line.ts';

/** The file behind a word of a command line, see `ExecutableFacts` in src/policy/remote-access. */
export interface ExecutableFile {
  readonly path: string;
  readonly realPath: string;
  readonly replaceableBy: string | null;
  readonly runBy: readonly string[];
  readonly copyOf: () => string | null;
}

const interpreterCopies = new InterpreterCopies();

/** Returns the file that a word would execute, and who could replace it. Returns null if it names no executable file. */
export function examineExecutable(
  word: string,
  cwd: string,
  searchPath: string | undefined,
  binaries: Binaries,
): ExecutableFile | null {
  if (word === '' || word.includes('\0')) return null;
  try {
    const path = findBinary(word, cwd, searchPath, binaries);
    if (path === null) return null;
    const realPath = realpathSync.native(path);
    const { interpreters, problem } = examineScript(realPath, searchPath);
    return {
      path,
      realPath,
      replaceableBy: whoCanReplace(path) ?? problem,
      runBy: interpreters,
      copyOf: () => interpreterCopies.find(realPath, searchPath),
    };
  } catch {
    return null;
  }
}

/** Returns a path pattern with the symbolic links resolved in its part before the first asterisk. */
export function patternWithoutLinks(pattern: string): string {
  const asterisk = pattern.indexOf('*');
  const folder = asterisk === -1 ? pattern : pattern.slice(0, pattern.lastIndexOf('/', asterisk) + 1);
  try {
    return join(realpathSync.native(folder), pattern.slice(folder.length));
  } catch {
    // A path that does not exist cannot be executed; if only the file is missing, links in its folder are resolved.
    return folder === '/'
      ? pattern
      : join(patternWithoutLinks(dirname(folder)), basename(folder), pattern.slice(folder.length));
  }
}

interface ScriptFacts {
  readonly interpreters: readonly string[];
  readonly problem: string | null;
}

/** Returns what executes a script: the interpreter in its first line, and programs that the line names (`env node`). */
function examineScript(realPath: string, searchPath: string | undefined): ScriptFacts {
  const [interpreter, ...rest] = readScriptLine(realPath);
  if (interpreter === undefined) return { interpreters: [], problem: null };
  if (!interpreter.startsWith('/')) {
    return {
      interpreters: [],
      problem: `any user who can set the working folder, which "#!${interpreter}" is relative to`,
    };
  }
  const paths = [interpreter, ...rest].flatMap((word) => findBinary(word, '/', searchPath, {}) ?? []);
  const real = paths.map((path) => realpathSync.native(path));
  const problem = paths.map(whoCanReplace).find((each) => each !== null) ?? null;
  return { interpreters: [...new Set([...paths, ...real])], problem };
}
