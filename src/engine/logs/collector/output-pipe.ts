import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Libc } from '../../../base/libc.ts';
import type { OutputStream } from '../files/log-transport.ts';
import type { LogWriter } from '../files/log-writer.ts';

/** From linux/fcntl.h. */
const F_SETPIPE_SZ = 1031;
const F_GETPIPE_SZ = 1032;

/** What a busy pipe is given, as far as the machine's owner allows it: see "pipe-user-pages-soft" in pipe(7). */
const BUSY_CAPACITIES = [1024 * 1024, 256 * 1024];

/** One stream of one run: the reading end of what a program writes. */
export class OutputPipe {
  readonly path: string;
  readonly stream: OutputStream;
  readonly writer: LogWriter;
  /** Nobody else has it open for writing. */
  isHungUp = false;
  readonly #libc: Libc;
  #fd: number;
  #capacity: number;
  #mayGrow = true;
  #isReader = false;

  /** @param fd of the FIFO that is called or was called `path`, open for reading and writing */
  constructor(fd: number, path: string, stream: OutputStream, writer: LogWriter, libc: Libc) {
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

  /** We could not write to it ourselves any more. */
  get isReader(): boolean {
    return this.#isReader;
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** Makes it larger, once; false when it stays as it is. */
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

  /** Takes out and forgets as many bytes as are there of so many. */
  discard(length: number): void {
    for (let left = length; left > 0;) {
      const count = this.#read(Math.min(left, waste.length));
      if (count === 0) return;
      left -= count;
    }
  }

  /**
   * Gives up the writing end, so that the kernel tells when the last other process that could write is gone. What is
   * in the pipe stays.
   */
  becomeReader(): void {
    const fd = openSync(`/proc/self/fd/${String(this.#fd)}`, constants.O_RDONLY | constants.O_NONBLOCK);
    closeSync(this.#fd);
    this.#fd = fd;
    this.#isReader = true;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #read(length: number): number {
    try {
      return readSync(this.#fd, waste, 0, length, null);
    } catch {
      // EAGAIN: somebody else read from the pipe what we had seen in it.
      return 0;
    }
  }
}

const waste = Buffer.allocUnsafeSlow(64 * 1024);
