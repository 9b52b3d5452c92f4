import { closeSync, constants, openSync, readSync } from 'node:fs';

const POLL_MS = 5;
// eslint-disable-next-line no-control-regex -- answers of a terminal begin with Escape
const STATUS = /\x1b\[0n/g;

/**
 * Reads answers of the terminal that are still under way, so that they do not land in the shell or the pager. Blocks the
 * thread until all have arrived, or the deadline by the clock of `performance.now()`. The terminal must be in raw mode.
 */
export function drainAnswers(count: number, deadlineMs: number): void {
  if (count === 0 || performance.now() >= deadlineMs) return;
  let fd: number;
  try {
    fd = openSync('/proc/self/fd/0', constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return;
  }
  const chunk = Buffer.alloc(4096);
  let text = '';
  try {
    while ((text.match(STATUS)?.length ?? 0) < count && performance.now() < deadlineMs) {
      const read = readSome(fd, chunk);
      if (read === null) break;
      text += chunk.toString('latin1', 0, read);
      if (read === 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
    }
  } finally {
    closeSync(fd);
  }
}

/** Returns the number of bytes; null at the end of the input. */
function readSome(fd: number, chunk: Buffer): number | null {
  try {
    return readSync(fd, chunk, 0, chunk.length, null) || null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EAGAIN' ? 0 : null;
  }
}
