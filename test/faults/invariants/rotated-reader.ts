import { closeSync, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { rotatedPaths } from './rotated-file.ts';

/** On a busy machine, files may be rotated several times before all of them are open. */
const TRIES = 20;
const NEWLINE = 0x0a;

/** What was read since the last time. */
export interface NewLines {
  /** Complete lines, oldest first. */
  readonly lines: readonly string[];
  /** Whether these are all lines of the log, because what was read before no longer exists. */
  readonly isFromStart: boolean;
}

interface Position {
  readonly file: string;
  readonly offset: number;
}

/** Reads a log and its rotated predecessors, each line once. */
export class RotatedReader {
  readonly #path: string;
  #position: Position | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** The next call of `read` returns all lines. */
  startOver(): void {
    this.#position = null;
  }

  read(): NewLines {
    for (let tries = 1; tries <= TRIES; tries++) {
      const read = this.#tryToRead();
      if (read !== null) return read;
    }
    return { lines: [], isFromStart: false };
  }

  /** Returns null if a file was rotated or removed meanwhile. */
  #tryToRead(): NewLines | null {
    const files = rotatedPaths(this.#path).map((path) => ({ path, stats: statSync(path, { throwIfNoEntry: false }) }));
    const index = files.findIndex(({ stats }) => stats !== undefined && identityOf(stats) === this.#position?.file);
    const isKnown = index !== -1 && (files[index]?.stats?.size ?? 0) >= (this.#position?.offset ?? 0);
    const lines: string[] = [];
    let position = isKnown ? this.#position : null;
    for (const { path, stats } of isKnown ? files.slice(index) : files) {
      if (stats === undefined) return null;
      const file = identityOf(stats);
      const text = readFrom(path, file, position?.file === file ? position.offset : 0);
      if (text === null) return null;
      for (const line of text.toString('utf8').split('\n').slice(0, -1)) lines.push(line);
      position = { file, offset: (position?.file === file ? position.offset : 0) + text.length };
    }
    this.#position = position;
    return { lines, isFromStart: !isKnown };
  }
}

/** A number of an inode may be used again. */
function identityOf({ dev, ino, birthtimeMs }: Stats): string {
  return `${dev}:${ino}:${birthtimeMs}`;
}

/** Returns the complete lines after `offset`, or null if another file has this path by now. */
function readFrom(path: string, file: string, offset: number): Buffer | null {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(fd);
    if (identityOf(stats) !== file) return null;
    const bytes = Buffer.alloc(Math.max(0, stats.size - offset));
    const length = readSync(fd, bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytes.lastIndexOf(NEWLINE, length - 1) + 1);
  } finally {
    closeSync(fd);
  }
}
