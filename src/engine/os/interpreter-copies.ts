import { closeSync, openSync, readdirSync, readSync, statSync, type Stats } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isInterpreter } from '../../policy/remote-access/interpreters.ts';

const SYSTEM_FOLDERS = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin'];
const CHUNK_BYTES = 64 * 1024;

interface KnownFile {
  readonly path: string;
  readonly facts: Stats;
}

/** Knows the interpreters of this machine under other names: by their place on the disk, and by their content. */
export class InterpreterCopies {
  #known: readonly KnownFile[] = [];
  /** Of the folders when they were read. */
  #state = '';

  /** The interpreter that a file is, or is a copy of; null for none. @throws Error when the file cannot be read */
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

/** PATH may name files, and folders that are closed to this user; that must not keep anything from being judged. */
function namesIn(folder: string): readonly string[] {
  return orNull(() => readdirSync(folder)) ?? [];
}

function stateOf(path: string): Stats | null {
  return orNull(() => statSync(path));
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

/** Of two files of one size. An interpreter that may be executed and not read, as sudo here and there, is like no other. */
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

/** A part at a time, since a runtime may have 100 MB. */
function isSameText(first: number, second: number): boolean {
  const [here, there] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
  for (;;) {
    const length = readSync(first, here, 0, CHUNK_BYTES, null);
    readSync(second, there, 0, CHUNK_BYTES, null);
    if (length === 0) return true;
    if (Buffer.compare(here.subarray(0, length), there.subarray(0, length)) !== 0) return false;
  }
}
