import type { Tone } from './theme.ts';

/** Above this fraction of a limit, a value is highlighted; the engine also samples faster above it. */
const NEAR_LIMIT = 0.8;

/** Returns a tone for how close a value is to its limit; `calm` if it is far from it or has no limit. */
export function toneOfUse(value: number | null, limit: number | null, calm: Tone): Tone {
  if (value === null || limit === null || value < limit * NEAR_LIMIT) return calm;
  return value > limit ? 'bad' : 'busy';
}
