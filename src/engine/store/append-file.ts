import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE, writeWhole } from '../../base/atomic-file.ts';
import { messageOf } from '../../base/thrown.ts';

/** Held in memory while the disk takes nothing; more than this is dropped, oldest first, and counted. */
const HELD_LINES = 10_000;

export interface AppendResult {
  readonly written: boolean;
  /** Of this failure or of the one that has just ended. */
  readonly problem: string | null;
  /** Lines lost for good since the last time this was reported. */
  readonly dropped: number;
}

/**
 * A file that only grows, line by line. A full disk loses nothing at first: lines wait and go out in order with the
 * next append that works. A line is written whole or not at all.
 */
export class AppendFile {
  readonly #path: string;
  #fd: number | null = null;
  #held: string[] = [];
  #dropped = 0;
  #size = 0;

  constructor(path: string) {
    this.#path = path;
  }

  get path(): string {
    return this.#path;
  }

  get sizeBytes(): number {
    return this.#size;
  }

  get waitingLines(): number {
    return this.#held.length;
  }

  /** Each line without its newline. */
  append(lines: readonly string[]): AppendResult {
    for (const line of lines) this.#held.push(line);
    const surplus = this.#held.length - HELD_LINES;
    if (surplus > 0) {
      this.#held.splice(0, surplus);
      this.#dropped += surplus;
    }
    return this.retry();
  }

  /** Writes what is waiting. */
  retry(): AppendResult {
    if (this.#held.length === 0) return { written: true, problem: null, dropped: 0 };
    try {
      this.#write(`${this.#held.join('\n')}\n`);
    } catch (error) {
      return { written: false, problem: messageOf(error), dropped: 0 };
    }
    const dropped = this.#dropped;
    this.#held = [];
    this.#dropped = 0;
    return { written: true, problem: null, dropped };
  }

  /** Goes on in a new file; the old one has been moved or replaced. */
  reopen(): void {
    this.close();
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #write(text: string): void {
    const fd = this.#open();
    try {
      writeWhole(fd, text);
      this.#size += Buffer.byteLength(text);
    } catch (error) {
      // Half a line would be taken for corruption by the next reader.
      ftruncateSync(fd, this.#size);
      throw error;
    }
  }

  #open(): number {
    if (this.#fd === null) {
      ensureFolder(dirname(this.#path));
      this.#fd = openSync(this.#path, 'a', PRIVATE_FILE);
      this.#size = endOfLastLine(this.#path, fstatSync(this.#fd).size);
      // A line that a kill -9 tore is no line; what is written next must not grow on to it.
      ftruncateSync(this.#fd, this.#size);
    }
    return this.#fd;
  }
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;

/** How many of the file's bytes are whole lines. Reads backwards: the file may be long, a torn line is not. */
function endOfLastLine(path: string, size: number): number {
  const fd = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let end = size; end > 0; end -= CHUNK_BYTES) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const length = readSync(fd, chunk, 0, end - start, start);
      const newline = chunk.lastIndexOf(NEWLINE, length - 1);
      if (newline !== -1 && length > 0) return start + newline + 1;
    }
    return 0;
  } finally {
    closeSync(fd);
  }
}
