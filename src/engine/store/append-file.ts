import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { statsOf } from '../../base/stats-of.ts';
import { ensureFolder, PRIVATE_FILE, replaceFile, writeWhole } from '../../base/atomic-file.ts';
import { descriptors } from '../../base/descriptors.ts';
import { messageOf } from '../../base/thrown.ts';

/** Lines kept in memory while the disk is full; beyond that, the oldest ones are dropped and counted. */
const HELD_LINES = 10_000;

export interface AppendResult {
  readonly written: boolean;
  /** The error, if writing failed. */
  readonly problem: string | null;
  /** Number of lines dropped since this was last reported. */
  readonly dropped: number;
}

/**
 * A file to which lines are appended. While the disk is full, lines are kept and written in order by the next append that
 * succeeds. A line is written as a whole or not at all.
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

  /** Appends lines, which have no newlines. */
  append(lines: readonly string[]): AppendResult {
    for (const line of lines) this.#held.push(line);
    const surplus = this.#held.length - HELD_LINES;
    if (surplus > 0) {
      this.#held.splice(0, surplus);
      this.#dropped += surplus;
    }
    return this.retry();
  }

  /** Writes the kept lines. */
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

  /** Continues in a new file, after the old one was moved or replaced. */
  reopen(): void {
    this.close();
  }

  /** Continues in a new file without the queued lines, because the caller rewrites everything. */
  startOver(): void {
    this.close();
    this.#held = [];
  }

  /** Replaces the whole file, and drops the lines that wait. If that fails, the previous file stays in use. */
  rewrite(text: string): AppendResult {
    try {
      ensureFolder(dirname(this.#path));
      replaceFile(this.#path, text);
      this.startOver();
      return { written: true, problem: null, dropped: 0 };
    } catch (error) {
      return { written: false, problem: messageOf(error), dropped: 0 };
    }
  }

  /** Whether the file is still at its path and whole. It may have been removed, replaced or truncated from outside. */
  isInPlace(): boolean {
    if (this.#fd === null) return true;
    const ours = fstatSync(this.#fd);
    const found = statsOf(this.#path);
    return found?.ino === ours.ino && found.dev === ours.dev && ours.size >= this.#size;
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
      // The next reader would report a partial line as corruption.
      ftruncateSync(fd, this.#size);
      throw error;
    }
  }

  #open(): number {
    if (this.#fd === null) {
      ensureFolder(dirname(this.#path));
      const fd = descriptors.withReserve(() => openSync(this.#path, 'a', PRIVATE_FILE));
      this.#fd = fd;
      this.#size = descriptors.withReserve(() => endOfLastLine(this.#path, fstatSync(fd).size));
      // Removes a line that was interrupted by a kill, so that the next line is not appended to it.
      ftruncateSync(this.#fd, this.#size);
    }
    return this.#fd;
  }
}

const NEWLINE = 0x0a;
const CHUNK_BYTES = 64 * 1024;

/** Returns the length of all complete lines. Reads backwards, since the file may be long but a partial line is short. */
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
