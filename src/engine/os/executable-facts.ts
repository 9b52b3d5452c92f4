import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InterpreterCopies } from './interpreter-copies.ts';
import { type Binaries, findBinary } from './resolve-binary.ts';
import { readScriptLine } from './script-line.ts';

export interface ExecutableFile {
  readonly path: string;
  readonly realPath: string;
  readonly replaceableBy: string | null;
  readonly runBy: readonly string[];
  readonly copyOf: () => string | null;
}

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

const duplicates = new InterpreterCopies();

/** Finds the file that a word would execute, and who could put another one in its place. Null for what is none. */
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
      replaceableBy: whoCanReplace(realPath) ?? problem,
      runBy: interpreters,
      copyOf: () => duplicates.find(realPath, searchPath),
    };
  } catch {
    return null;
  }
}

/** A pattern as it reads without the symbolic links in its part before the first asterisk. */
export function patternWithoutLinks(pattern: string): string {
  const asterisk = pattern.indexOf('*');
  const folder = asterisk === -1 ? pattern : pattern.slice(0, pattern.lastIndexOf('/', asterisk) + 1);
  try {
    return join(realpathSync.native(folder), pattern.slice(folder.length));
  } catch {
    // What is not there is executed by nobody; where only the file is missing, its folder counts.
    return folder === '/'
      ? pattern
      : join(patternWithoutLinks(dirname(folder)), basename(folder), pattern.slice(folder.length));
  }
}

interface ScriptFacts {
  readonly interpreters: readonly string[];
  readonly problem: string | null;
}

/** A script is run by others: the program of its first line, and what that line names in turn (`env node`). */
function examineScript(realPath: string, searchPath: string | undefined): ScriptFacts {
  const [interpreter, ...rest] = readScriptLine(realPath);
  if (interpreter === undefined) return { interpreters: [], problem: null };
  if (!interpreter.startsWith('/')) {
    return { interpreters: [], problem: `whoever sets its folder, which "#!${interpreter}" depends on` };
  }
  const paths = [interpreter, ...rest].flatMap((word) => findBinary(word, '/', searchPath, {}) ?? []);
  const real = paths.map((path) => realpathSync.native(path));
  const problem = real.map(whoCanReplace).find((each) => each !== null) ?? null;
  return { interpreters: [...new Set([...paths, ...real])], problem };
}

/**
 * Between a check and an execution the file may change hands. Root and the engine's own user could do anything anyway;
 * so the file and every folder above it have to be theirs alone. In a sticky folder nobody replaces what is another's.
 */
function whoCanReplace(realPath: string): string | null {
  for (let path = realPath; ; path = dirname(path)) {
    const { uid, mode, gid } = statSync(path);
    const isSticky = path !== realPath && (mode & STICKY) !== 0;
    if (uid !== 0 && uid !== process.geteuid?.()) return `user ${String(uid)}, who owns "${path}"`;
    if ((mode & OTHERS_WRITE) !== 0 && !isSticky) return `everybody: "${path}" can be written by all`;
    if ((mode & GROUP_WRITES) !== 0 && !isSticky && gid !== 0) return `group ${String(gid)}, which can write "${path}"`;
    if (path === '/') return null;
  }
}
