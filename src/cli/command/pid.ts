import { HealerError } from '../../protocol/errors.ts';

/** No kernel gives a pid beyond 2^22. */
const LARGEST_PID = 4_194_304;

/** @throws HealerError INVALID_CONFIG */
export function parsePid(word: string): number {
  const pid = Number(word);
  if (/^\d+$/.test(word) && pid >= 1 && pid <= LARGEST_PID) return pid;
  throw new HealerError('INVALID_CONFIG', `"${word}" is no pid — write a whole number, as "ps" shows it`);
}
