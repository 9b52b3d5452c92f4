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
export class InterpreterTwins {
  #known: readonly KnownFile[] = [];
  /** Of the folders when they were read. */
  #state = '';

  /** The interpreter that a file is, or is a copy of; null for none. */
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
  const names = stateOf(folder) === null ? [] : readdirSync(folder);
  const paths = names.map((name) => join(folder, name)).filter(isInterpreter);
  return paths.flatMap((path) => {
    const facts = stateOf(path);
    return facts?.isFile() === true ? [{ path, facts }] : [];
  });
}

function stateOf(path: string): Stats | null {
  return statSync(path, { throwIfNoEntry: false }) ?? null;
}

/** Of two files of one size; a part at a time, since a runtime may have 100 MB. */
function hasSameContent(one: string, other: string): boolean {
  const [first, second] = [openSync(one, 'r'), openSync(other, 'r')];
  const [here, there] = [Buffer.alloc(CHUNK_BYTES), Buffer.alloc(CHUNK_BYTES)];
  try {
    for (;;) {
      const length = readSync(first, here, 0, CHUNK_BYTES, null);
      readSync(second, there, 0, CHUNK_BYTES, null);
      if (length === 0) return true;
      if (Buffer.compare(here.subarray(0, length), there.subarray(0, length)) !== 0) return false;
    }
  } finally {
    closeSync(first);
    closeSync(second);
  }
}
