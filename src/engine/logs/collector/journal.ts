import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { isSameFile } from '../../../base/is-same-file.ts';
import type { Libc } from '../../../base/libc.ts';
import { ensureFolder, PRIVATE_FILE } from '../../../base/atomic-file.ts';
import type { OutputStream } from '../files/log-transport.ts';

const SPLICE_F_NONBLOCK = 2;

/** Two paths of the greatest length, written as JSON, and more. */
const HEADER_BYTES = 64 * 1024;

/** What stands in the journal before the bytes of a batch, as one line of JSON. */
export interface JournalHeader {
  /** Where the bytes come from. */
  readonly fifo: string;
  readonly length: number;
  /** The file they go to, and its size before. */
  readonly log: string;
  readonly size: number;
  readonly stream: OutputStream;
  /** Of the records; null when they carry no time. */
  readonly timeMs: number | null;
  readonly tail: 'ends' | 'goes-on';
}

/**
 * Makes a batch safe on its way from a pipe to a log. The bytes leave the pipe by a splice(2) into this file, behind
 * a header that says where they belong: consuming and keeping them is one step of the kernel, so there is no moment at which a
 * kill could lose them or write them twice. See `recoverJournal` for the other half.
 */
export class Journal {
  readonly #libc: Libc;
  #path: string;
  #fd: number | null;
  readonly #header = Buffer.alloc(HEADER_BYTES);

  /** Begins empty: what an earlier collector left is to be recovered before. Works without a file, protecting nothing. */
  constructor(path: string, libc: Libc, onProblem: (message: string) => void) {
    this.#libc = libc;
    this.#path = path;
    this.#fd = openEmpty(path, onProblem);
  }

  /** From now on there, where the next collector looks for it. */
  moveTo(path: string): void {
    this.#path = path;
    if (this.#fd === null || !isSameFile(this.#fd, path)) this.#reopen();
  }

  /**
   * Moves the bytes out of the pipe; gives how many are in the journal. Fewer than asked for when the file system
   * takes no more, or when somebody else read from the pipe.
   */
  take(fifoFd: number, header: JournalHeader): number {
    if (this.#fd === null) return 0;
    // Without its name the next collector could not find it.
    if (fstatSync(this.#fd).nlink === 0) this.#reopen();
    try {
      const headerLength = this.#header.write(`${JSON.stringify(header)}\n`, 0);
      // A part of a header is as good as none: nothing has been taken yet.
      if (writeSync(this.#fd, this.#header, 0, headerLength, 0) < headerLength) return 0;
      return spliceInto(this.#libc, fifoFd, this.#fd, headerLength, header.length);
    } catch {
      return 0;
    }
  }

  /** The batch is in its log, or counted as lost. */
  clear(): void {
    if (this.#fd !== null) ftruncateSync(this.#fd, 0);
  }

  /** Between two batches: it is empty. The one before goes on being used where there is no room for another. */
  #reopen(): void {
    try {
      ensureFolder(dirname(this.#path));
      const before = this.#fd;
      this.#fd = openJournal(this.#path);
      if (before !== null) closeSync(before);
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
    onProblem(`a kill of the log collector can lose lines, since its journal cannot be used: ${why}`);
    return null;
  }
}

/** Moves bytes from a pipe into a file; gives how many it were. */
export function spliceInto(libc: Libc, fifoFd: number, fd: number, offset: number, length: number): number {
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
