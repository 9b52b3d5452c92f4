import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSameFile } from '../../../base/is-same-file.ts';
import type { Libc } from '../../../base/libc.ts';
import { ensureFolder, PRIVATE_FILE } from '../../../base/atomic-file.ts';
import type { OutputStream } from '../files/log-transport.ts';

const SPLICE_F_NONBLOCK = 2;

/** Enough for two paths of maximum length, encoded as JSON. */
const HEADER_BYTES = 64 * 1024;

/** The line of JSON that precedes the bytes of a batch in the journal. */
export interface JournalHeader {
  /** Unique among the batches of a log collector; absent in the journal of an older one. */
  readonly name?: string;
  /** The pipe that the bytes come from. */
  readonly fifo: string;
  readonly length: number;
  /** The log that the bytes go to, and its size before the batch. */
  readonly log: string;
  readonly size: number;
  readonly stream: OutputStream;
  /** Timestamp of the records; null if they have none. */
  readonly timeMs: number | null;
  readonly tail: 'ends' | 'goes-on';
}

/**
 * Protects a batch on its way from a pipe to a log. splice(2) moves the bytes out of the pipe into this file, behind a
 * header with their destination. The kernel consumes and stores them in one step, so a kill can neither lose nor
 * duplicate them. `recoverJournal` completes an interrupted batch.
 */
export class Journal {
  readonly #libc: Libc;
  #path: string;
  #fd: number | null;
  readonly #header = Buffer.alloc(HEADER_BYTES);

  /** Starts with an empty journal; an interrupted batch must be recovered first. Without a file, batches are not protected. */
  constructor(path: string, libc: Libc, onProblem: (message: string) => void) {
    this.#libc = libc;
    this.#path = path;
    this.#fd = openEmpty(path, onProblem);
  }

  /** Moves the journal to the path where the next log collector looks for it. */
  moveTo(path: string): void {
    this.#path = path;
    if (this.#fd === null || !isSameFile(this.#fd, path)) this.#reopen();
  }

  /**
   * Moves bytes from the pipe into the journal and returns their number. It is lower than requested if the file system is
   * full, or if another process reads from the pipe.
   */
  take(fifoFd: number, header: JournalHeader): number {
    if (this.#fd === null) return 0;
    // The next log collector could not find an unlinked file.
    if (fstatSync(this.#fd).nlink === 0) this.#reopen();
    try {
      const headerLength = this.#header.write(`${JSON.stringify(header)}\n`, 0);
      // A partial header is harmless: no bytes have been moved yet.
      if (writeSync(this.#fd, this.#header, 0, headerLength, 0) < headerLength) return 0;
      return spliceInto(this.#libc, { fifoFd, fd: this.#fd, offset: headerLength, length: header.length });
    } catch {
      return 0;
    }
  }

  /** Clears the journal once the batch is in its log, or counted as lost. */
  clear(): void {
    if (this.#fd !== null) ftruncateSync(this.#fd, 0);
  }

  /** Opens a new file, between batches. If that fails, the previous file stays in use. */
  #reopen(): void {
    try {
      ensureFolder(dirname(this.#path));
      const previous = this.#fd;
      this.#fd = openJournal(this.#path);
      if (previous !== null) closeSync(previous);
    } catch {
      // The next batch tries again.
    }
  }
}

function openEmpty(path: string, onProblem: (message: string) => void): number | null {
  try {
    const fd = openJournal(path);
    ftruncateSync(fd, 0);
    return fd;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    onProblem(`killing the log collector may lose lines, because its journal cannot be used: ${why}`);
    return null;
  }
}

/** A move of up to `length` bytes from a FIFO to an offset of a file. */
interface Splice {
  readonly fifoFd: number;
  readonly fd: number;
  readonly offset: number;
  readonly length: number;
}

/** Moves bytes from a pipe into a file. Returns their number. */
export function spliceInto(libc: Libc, { fifoFd, fd, offset, length }: Splice): number {
  const position = [offset];
  let moved = 0;
  while (moved < length) {
    const count = libc.call('splice', fifoFd, null, fd, position, length - moved, SPLICE_F_NONBLOCK);
    if (count <= 0) break;
    moved += count;
  }
  return moved;
}

export function openJournal(path: string): number {
  return openSync(path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
}
