import { HealerError } from '../../protocol/errors.ts';

/** The largest pid of Linux: 2^22. */
const LARGEST_PID = 4_194_304;

/** @throws HealerError INVALID_CONFIG */
export function parsePid(word: string): number {
  const pid = Number(word);
  if (/^\d+$/.test(word) && pid >= 1 && pid <= LARGEST_PID) return pid;
  if (/^\d+$/.test(word) && pid > LARGEST_PID) {
    const largest = String(LARGEST_PID);
    throw new HealerError('INVALID_CONFIG', `"${word}" is not a pid — the largest one is ${largest}; "ps" shows them`);
  }
  throw new HealerError('INVALID_CONFIG', `"${word}" is not a pid — write a whole number, as shown by "ps"`);
}
