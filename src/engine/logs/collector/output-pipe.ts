import { closeSync, constants, openSync, readSync } from 'node:fs';
import { descriptors } from '../../../base/descriptors.ts';
import type { Libc } from '../../../base/libc.ts';
import type { OutputStream } from '../files/log-transport.ts';
import type { LogWriter } from '../files/log-writer.ts';

/** From linux/fcntl.h. */
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;

/** Sizes requested for a busy pipe, subject to "pipe-user-pages-soft" in pipe(7). */
const BUSY_CAPACITIES = [1024 * 1024, 256 * 1024];

export interface OutputPipeOptions {
  /** An open FIFO (read and write). */
  readonly fd: number;
  /** Its current or former path. */
  readonly path: string;
  readonly stream: OutputStream;
  readonly writer: LogWriter;
  readonly libc: Libc;
}

/** One output stream of a run: the reading end of its pipe. */
export class OutputPipe {
  readonly path: string;
  readonly stream: OutputStream;
  readonly writer: LogWriter;
  /** No other process has it open for writing. */
  isHungUp = false;
  /** Whether the last line in the log continues with the next bytes. */
  isLineOpen = false;
  readonly #libc: Libc;
  #fd: number;
  #capacity: number;
  #mayGrow = true;
  #isReader = false;

  constructor({ fd, path, stream, writer, libc }: OutputPipeOptions) {
    this.path = path;
    this.stream = stream;
    this.writer = writer;
    this.#libc = libc;
    this.#fd = fd;
    this.#capacity = libc.call('fcntl', this.#fd, F_GETPIPE_SZ, 0);
  }

  get fd(): number {
    return this.#fd;
  }

  /** Whether this process has given up the writing end. */
  get isReader(): boolean {
    return this.#isReader;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Enlarges the pipe, once. Returns false if it keeps its size. */
  grow(): boolean {
    if (!this.#mayGrow) return false;
    this.#mayGrow = false;
    for (const size of BUSY_CAPACITIES.filter((size) => size > this.#capacity)) {
      const granted = this.#libc.call('fcntl', this.#fd, F_SETPIPE_SZ, size);
      if (granted === -1) continue;
      this.#capacity = granted;
      return true;
    }
    return false;
  }

  /** Reads and discards up to `length` bytes. */
  discard(length: number): void {
    for (let left = length; left > 0;) {
      const count = this.#read(Math.min(left, discarded.length));
      if (count === 0) return;
      left -= count;
    }
  }

  /**
   * Gives up the writing end, so that the kernel reports when no other process can write. The contents of the pipe are
   * kept.
   */
  becomeReader(): void {
    const path = `/proc/self/fd/${String(this.#fd)}`;
    const fd = descriptors.withReserve(() => openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    closeSync(this.#fd);
    this.#fd = fd;
    this.#isReader = true;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(length: number): number {
    try {
      return readSync(this.#fd, discarded, 0, length, null);
    } catch {
      // EAGAIN: another process has read these bytes.
      return 0;
    }
  }
}

const discarded = Buffer.allocUnsafeSlow(64 * 1024);
