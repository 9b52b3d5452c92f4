import type { Moment } from '../../policy/moment.ts';

/** The source of time and randomness for all decisions. */
export interface Clock {
  now(): Moment;
  /** Returns a random number in [0, 1). */
  chance(): number;
  /** Calls back once after `ms` of monotonic time and returns a function that cancels the timer. */
  after(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => ({ mono: performance.now(), wall: Date.now() }),
  chance: () => Math.random(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
