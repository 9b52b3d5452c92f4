import type { Tone } from './theme.ts';

/** From this share of a limit on a value is worth a look; the engine samples faster from there on too. */
const NEAR_LIMIT = 0.8;

/** How near to its limit a value is, as a tone; `calm` far from it or without one. */
export function toneOfUse(value: number | null, limit: number | null, calm: Tone): Tone {
  if (value === null || limit === null || value < limit * NEAR_LIMIT) return calm;
  return value > limit ? 'bad' : 'busy';
}
