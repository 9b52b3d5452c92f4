import { fstatSync } from 'node:fs';
import { loadLibc } from '../../base/libc.ts';

const STDOUT = 1;
const POLL_MS = 200;

/** POLLERR, POLLHUP and POLLNVAL of poll.h, and the offset of `revents` in struct pollfd. */
const GONE = 0x08 | 0x10 | 0x20;
const REVENTS_OFFSET = 6;

/**
 * Calls back once when the reader of a pipe on stdout is gone, so that `healer logs -f | head -1` ends immediately
 * instead of at the next line. Node reports it only on a write. Returns a function that stops watching.
 */
export function watchReader(onGone: () => void): () => void {
  const libc = isPipe() ? loadLibc().libc : null;
  if (libc === null) return () => undefined;
  const pollfd = Buffer.alloc(8);
  pollfd.writeInt32LE(STDOUT, 0);
  const timer = setInterval(() => {
    libc.call('poll', pollfd, 1, 0);
    if ((pollfd.readInt16LE(REVENTS_OFFSET) & GONE) === 0) return;
    clearInterval(timer);
    onGone();
  }, POLL_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function isPipe(): boolean {
  const facts = fstatSync(STDOUT);
  return facts.isFIFO() || facts.isSocket();
}
