import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Binaries, resolveBinary } from './resolve-binary.ts';

export interface ExecutableFile {
  readonly path: string;
  readonly realPath: string;
  readonly replaceableBy: string | null;
}

const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/** Finds the file that a word would execute, and who could put another one in its place. Null for what is none. */
export function examineExecutable(
  word: string,
  cwd: string,
  searchPath: string | undefined,
  binaries: Binaries,
): ExecutableFile | null {
  if (word === '' || word.includes('\0')) return null;
  try {
    const path = resolveBinary(word, cwd, searchPath, binaries);
    const realPath = realpathSync.native(path);
    return { path, realPath, replaceableBy: whoCanReplace(realPath) };
  } catch {
    return null;
  }
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
