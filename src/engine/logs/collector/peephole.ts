import { readSync } from 'node:fs';
import type { Libc } from '../../../base/libc.ts';

/** From linux/fcntl.h and linux/splice.h. */
const O_CLOEXEC = 0o2000000;
const O_NONBLOCK = 0o4000;
const F_SETPIPE_SZ = 1031;
const SPLICE_F_NONBLOCK = 2;

/** The most that is moved in one step: larger ones are not faster, and it bounds the memory. */
export const BATCH_BYTES = 256 * 1024;
/** The kernel counts pipes in pages of which some may be nearly empty. */
const SCRATCH_BYTES = 1024 * 1024;

/** Shows what is in a pipe and leaves it there: tee(2) duplicates pages into a pipe of our own, which is read instead. */
export class Peephole {
  readonly #libc: Libc;
  readonly #from: number;
  readonly #into: number;
  readonly #buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);

  constructor(libc: Libc) {
    this.#libc = libc;
    const ends = Buffer.alloc(8);
    libc.check('pipe2', ends, O_CLOEXEC | O_NONBLOCK);
    this.#from = ends.readInt32LE(0);
    this.#into = ends.readInt32LE(4);
    // If it is refused, batches are smaller.
    libc.call('fcntl', this.#from, F_SETPIPE_SZ, SCRATCH_BYTES);
  }

  /** The first bytes that are in the pipe, possibly none. Valid until the next look. */
  look(fd: number): Buffer {
    const length = this.#libc.call('tee', fd, this.#into, BATCH_BYTES, SPLICE_F_NONBLOCK);
    let read = 0;
    while (read < length) read += readSync(this.#from, this.#buffer, read, length - read, null);
    return this.#buffer.subarray(0, read);
  }
}
