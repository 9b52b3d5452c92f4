import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

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
      replaceableBy: whoCanReplace(realPath) ?? problem,
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
  const problem = real.map(whoCanReplace).find((each) => each !== null) ?? null;
  return { interpreters: [...new Set([...paths, ...real])], problem };
}

/**
 * Returns who could replace a file between the check and its execution, or null. Root and the engine's own user can do
 * anything anyway, so the file and all folders above it must be writable only by them. In a sticky folder, only the owner
 * can replace a file.
 */
function whoCanReplace(realPath: string): string | null {
  for (let path = realPath; ; path = dirname(path)) {
    const { uid, mode, gid } = statSync(path);
    const isSticky = path !== realPath && (mode & STICKY) !== 0;
    if (uid !== 0 && uid !== process.geteuid?.()) return `user ${String(uid)}, who owns "${path}"`;
    if ((mode & OTHERS_WRITE) !== 0 && !isSticky) return `any user, because everyone can write to "${path}"`;
    if ((mode & GROUP_WRITES) !== 0 && !isSticky && gid !== 0)
      return `group ${String(gid)}, which can write to "${path}"`;
    if (path === '/') return null;
  }
}
