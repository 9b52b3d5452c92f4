import { NEAR } from './limits.ts';

/** What was measured exactly, and what it cost. */
export interface ExactMemory {
  /** MB of 2^20 bytes, with shared pages counted once. */
  readonly mb: number;
  /** The sum of the resident memory of all processes at that time. */
  readonly residentMb: number;
  /** When it was measured, on a monotonic clock, in ms. */
  readonly atMs: number;
  /** How long the measurement took. */
  readonly costMs: number;
}

/** An exact measurement of large processes takes long, so it uses at most 1/20 of the time, and 1/2 while the limit may be exceeded. */
const USUAL_PAUSE = 19;
const URGENT_PAUSE = 1;

/**
 * Returns whether the sum of resident memory, which counts shared pages once for each process, is too close to the limit to
 * judge by it. Below that, it is enough: the exact figure is never higher.
 */
export function needsExactMemory(residentMb: number, limitMb: number | null): limitMb is number {
  return limitMb !== null && residentMb > limitMb * NEAR;
}

/** Returns whether an exact measurement has to be repeated. It is urgent if the memory could have grown beyond the limit since. */
export function isExactMemoryDue(
  last: ExactMemory | null,
  { residentMb, limitMb, nowMs }: { readonly residentMb: number; readonly limitMb: number; readonly nowMs: number },
): boolean {
  if (last === null) return true;
  const atMost = last.mb + Math.max(0, residentMb - last.residentMb);
  const pause = last.costMs * (atMost > limitMb ? URGENT_PAUSE : USUAL_PAUSE);
  return nowMs - last.atMs >= pause;
}
