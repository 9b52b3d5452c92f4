import { closeSync, openSync, readdirSync, readSync, statSync, type Stats } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isInterpreter } from '../../policy/remote-access/interpreters.ts';

const SYSTEM_FOLDERS = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin'];
const CHUNK_BYTES = 64 * 1024;

interface KnownFile {
  readonly path: string;
  readonly facts: Stats;
}

/** Recognizes interpreters under other names: links by their inode, copies by their content. */
export class InterpreterCopies {
  #known: readonly KnownFile[] = [];
  /** The modification times of the folders when they were read. */
  #state = '';

  /** Returns the interpreter that a file is or is a copy of, or null. @throws Error if the file cannot be read */
  find(realPath: string, searchPath = ''): string | null {
    const facts = statSync(realPath);
    const alike = this.#files(searchPath).filter((known) => known.facts.size === facts.size && facts.size > 0);
    const isSame = ({ path, facts: { dev, ino } }: KnownFile): boolean =>
      (dev === facts.dev && ino === facts.ino) || hasSameContent(path, realPath);
    return alike.find(isSame)?.path ?? null;
  }

  #files(searchPath: string): readonly KnownFile[] {
    const folders = [...new Set([...searchPath.split(':').filter(isAbsolute), ...SYSTEM_FOLDERS])];
    const state = folders.map((folder) => `${folder}:${String(stateOf(folder)?.mtimeMs)}`).join();
    if (state !== this.#state) {
      this.#known = folders.flatMap(interpretersIn);
      this.#state = state;
    }
    return this.#known;
  }
}

function interpretersIn(folder: string): readonly KnownFile[] {
  const paths = namesIn(folder)
    .map((name) => join(folder, name))
    .filter(isInterpreter);
  return paths.flatMap((path) => {
    const facts = stateOf(path);
    return facts?.isFile() === true ? [{ path, facts }] : [];
  });
}

/** PATH may contain files and unreadable folders, which must not prevent the check. */
function namesIn(folder: string): readonly string[] {
  return orNull(() => readdirSync(folder)) ?? [];
}

function stateOf(path: string): Stats | null {
  return orNull(() => statSync(path));
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** Compares two files of the same size. An interpreter that cannot be read, such as sudo, equals no other file. */
function hasSameContent(interpreter: string, other: string): boolean {
  const first = orNull(() => openSync(interpreter, 'r'));
  if (first === null) return false;
  try {
    const second = openSync(other, 'r');
    try {
      return isSameText(first, second);
    } finally {
      closeSync(second);
    }
  } finally {
    closeSync(first);
  }
}

/** Compares chunk by chunk, because a runtime may have 100 MB. */
function isSameText(first: number, second: number): boolean {
  const [left, right] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
  for (;;) {
    const length = readSync(first, left, 0, CHUNK_BYTES, null);
    readSync(second, right, 0, CHUNK_BYTES, null);
    if (length === 0) return true;
    if (Buffer.compare(left.subarray(0, length), right.subarray(0, length)) !== 0) return false;
  }
}
