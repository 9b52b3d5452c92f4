import { readSync } from 'node:fs';
import type { Libc } from '../../../base/libc.ts';
import { MAX_OUTPUT_BYTES, prefixableBuffer } from '../files/prefix-lines.ts';

/** From linux/fcntl.h and linux/splice.h. */
const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const F_SETPIPE_SZ = 1031;
const SPLICE_F_NONBLOCK = 2;

/** The maximum moved in one step, which bounds memory. */
export const BATCH_BYTES = MAX_OUTPUT_BYTES;
/** Larger than a batch: the kernel counts the capacity of a pipe in pages, some of which may be nearly empty. */
const SCRATCH_BYTES = 1024 * 1024;

/** Reads the contents of a pipe without consuming them: tee(2) duplicates its pages into a second pipe, which is read. */
export class PipePreview {
  readonly #libc: Libc;
  readonly #from: number;
  readonly #into: number;
  readonly #buffer = prefixableBuffer() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);

  constructor(libc: Libc) {
    this.#libc = libc;
    const ends = Buffer.alloc(8);
    libc.check('pipe2', ends, O_CLOEXEC | O_NONBLOCK);
    this.#from = ends.readInt32LE(0);
    this.#into = ends.readInt32LE(4);
    // If the kernel refuses, batches are smaller.
    libc.call('fcntl', this.#from, F_SETPIPE_SZ, SCRATCH_BYTES);
  }

  /** Returns the first bytes in the pipe, possibly none. The buffer is valid until the next call. */
  peek(fd: number): Buffer {
    const length = this.#libc.call('tee', fd, this.#into, BATCH_BYTES, SPLICE_F_NONBLOCK);
    let read = 0;
    while (read < length) read += readSync(this.#from, this.#buffer, read, length - read, null);
    return this.#buffer.subarray(0, read);
  }
}
