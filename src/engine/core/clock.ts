import type { Moment } from '../../policy/moment.ts';

/** The engine's source of time and chance: the only ones that decisions see. */
export interface Clock {
  now(): Moment;
  /** Random in [0, 1). */
  chance(): number;
  /** Calls back once after `ms`; the function cancels. Runs on the monotonic clock. */
  after(ms: number, callback: () => void): () => void;
}

/** The clocks of the process. */
export const systemClock: Clock = {
  now: () => ({ mono: performance.now(), wall: Date.now() }),
  chance: () => Math.random(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
};
