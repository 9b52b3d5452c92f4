import { fstatSync } from 'node:fs';
import { loadLibc } from '../../base/libc.ts';

const STDOUT = 1;
const LOOK_MS = 200;

/** From poll.h, and where struct pollfd has what happened. */
const GONE = 0x08 | 0x10 | 0x20;
const HAPPENED_OFFSET = 6;

/**
 * Calls back once when the reader of a pipe on stdout has gone: `healer logs -f | head -1` is to end then, not with the
 * next line. Node tells of it only when something is written. Gives what ends the watch.
 */
export function watchReader(onGone: () => void): () => void {
  const libc = isPipe() ? loadLibc().libc : null;
  if (libc === null) return () => undefined;
  const question = Buffer.alloc(8);
  question.writeInt32LE(STDOUT, 0);
  const timer = setInterval(() => {
    libc.call('poll', question, 1, 0);
    if ((question.readInt16LE(HAPPENED_OFFSET) & GONE) === 0) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function isPipe(): boolean {
  const facts = fstatSync(STDOUT);
  return facts.isFIFO() || facts.isSocket();
}
