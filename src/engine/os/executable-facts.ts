import { realpathSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { placesOnTheWay, whoCanReplace } from '../../base/other-writers.ts';
import { messageOf } from '../../base/thrown.ts';
import { toolFolderOf } from '../../base/tool-folders.ts';
import { InterpreterCopies } from './interpreter-copies.ts';
import { type Binaries, findBinary } from './resolve-binary.ts';
import { readScriptLine } from './script-line.ts';

/** The file behind a word of a command line, see `ExecutableFacts` in src/policy/remote-access. */
export interface ExecutableFile {
  readonly path: string;
  readonly realPath: string;
  readonly replaceableBy: string | null;
  readonly unclear: string | null;
  readonly runBy: readonly string[];
  readonly copyOf: () => string | null;
  readonly toolFolder: () => string | null;
}

/** The kernel executes no longer chain of scripts that are interpreters of each other. */
const MAX_INTERPRETERS = 5;

const interpreterCopies = new InterpreterCopies();

/**
 * Returns the file that a word would execute, who could replace it, and whether it lies in a folder with tools. Returns
 * null if it names no executable file.
 * @param searchPath the PATH of the engine, in which bare names are searched
 * @param ownPath the PATH of the program, if its definition sets one
 */
export function examineExecutable(
  word: string,
  cwd: string,
  searchPath: string | undefined,
  binaries: Binaries,
  ownPath?: string,
): ExecutableFile | null {
  if (word === '' || word.includes('\0')) return null;
  try {
    const path = findBinary(word, cwd, searchPath, binaries);
    if (path === null) return null;
    const realPath = realpathSync.native(path);
    const { interpreters, problem, unclear } = examineScript(realPath, searchPath);
    return {
      path,
      realPath,
      replaceableBy: whoCanReplaceFile(path) ?? problem,
      unclear,
      runBy: interpreters,
      copyOf: () => interpreterCopies.find(realPath, searchPath),
      toolFolder: () => toolFolderOf(realPath, [searchPath ?? '', ownPath ?? '']),
    };
  } catch {
    return null;
  }
}

/** Returns the absolute path of an existing file that a word leads to, with and without symbolic links. */
export function pathsOfFile(word: string, cwd: string): readonly string[] {
  if (word === '' || word.includes('\0')) return [];
  const path = resolve(cwd, word);
  try {
    return [path, realpathSync.native(path)];
  } catch {
    return [];
  }
}

/** Returns a path pattern with the symbolic links resolved in its part before the first asterisk. */
export function patternWithoutLinks(pattern: string): string {
  const asterisk = pattern.indexOf('*');
  const folder = asterisk === -1 ? pattern : pattern.slice(0, pattern.lastIndexOf('/', asterisk) + 1);
  // A pattern such as `**/*.sh` has no folder to begin with.
  if (folder === '') return pattern;
  try {
    return join(realpathSync.native(folder), pattern.slice(folder.length));
  } catch {
    // A path that does not exist cannot be executed; if only the file is missing, links in its folder are resolved.
    return folder === '/'
      ? pattern
      : join(patternWithoutLinks(dirname(folder)), basename(folder), pattern.slice(folder.length));
  }
}

/** What a path in /proc leads to is up to the process that it belongs to, whatever the owner of the file. */
function whoCanReplaceFile(path: string): string | null {
  const inProc = placesOnTheWay(path).find((place) => place.startsWith('/proc/'));
  return inProc === undefined ? whoCanReplace(path) : `the process that "${inProc}" belongs to`;
}

interface ScriptFacts {
  readonly interpreters: readonly string[];
  /** Who could replace what executes the script; null if only root and the engine's user could. */
  readonly problem: string | null;
  /** Why it is not known what executes the file; null if it is. */
  readonly unclear: string | null;
}

const NO_SCRIPT: ScriptFacts = { interpreters: [], problem: null, unclear: null };

/**
 * Returns what executes a script: the interpreter in its first line, programs that the line names (`env node`), and what
 * executes these in turn.
 */
function examineScript(realPath: string, searchPath: string | undefined, depth = 0): ScriptFacts {
  let words: readonly string[];
  try {
    words = readScriptLine(realPath);
  } catch (error) {
    return { ...NO_SCRIPT, unclear: messageOf(error) };
  }
  const [interpreter, ...rest] = words;
  if (interpreter === undefined) return NO_SCRIPT;
  if (!interpreter.startsWith('/')) {
    const problem = `any user who can set the working folder, which "#!${interpreter}" is relative to`;
    return { ...NO_SCRIPT, problem };
  }
  if (depth === MAX_INTERPRETERS) return { ...NO_SCRIPT, unclear: 'too many scripts are interpreters of each other' };
  const paths = [interpreter, ...rest].flatMap((word) => findBinary(word, '/', searchPath, {}) ?? []);
  const real = paths.map((path) => realpathSync.native(path));
  const inner = real.map((path) => examineScript(path, searchPath, depth + 1));
  return {
    interpreters: [...new Set([...paths, ...real, ...inner.flatMap(({ interpreters }) => interpreters)])],
    problem: [...paths.map(whoCanReplaceFile), ...inner.map(({ problem }) => problem)].find(isText) ?? null,
    unclear: inner.map(({ unclear }) => unclear).find(isText) ?? null,
  };
}

function isText(value: string | null): value is string {
  return value !== null;
}
