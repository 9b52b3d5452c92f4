import { uptime } from 'node:os';
import { descriptors } from '../../base/descriptors.ts';
import { startTimer } from '../../base/long-timer.ts';
import type { Moment } from '../../policy/moment.ts';

/** The source of time and randomness for all decisions. */
export interface Clock {
  now(): Moment;
  /** Returns a random number in [0, 1). */
  chance(): number;
  /** Calls back once after `ms` of monotonic time and returns a function that cancels the timer. */
  after(ms: number, callback: () => void): () => void;
  /**
   * Returns the time since the machine booted in ms, on the clock that the start times of processes refer to: unlike the
   * monotonic clock, it runs while the machine is suspended. Absent if the start times are not known.
   */
  boot?(): number;
}

/** How long the difference between the two clocks is used before it is read again. */
const OFFSET_MS = 1_000;

/** Returns the boot time clock, to which start times of processes refer. It is read at most once per second. */
class BootClock {
  #offsetMs = 0;
  #readAt = -Infinity;

  now(): number {
    const mono = performance.now();
    if (mono - this.#readAt >= OFFSET_MS) {
      this.#readAt = mono;
      this.#offsetMs = descriptors.withReserve(uptime) * 1000 - mono;
    }
    return mono + this.#offsetMs;
  }
}

const bootClock = new BootClock();

export const systemClock: Clock = {
  now: () => ({ mono: performance.now(), wall: Date.now() }),
  chance: () => Math.random(),
  after: (ms, callback) => startTimer(callback, ms),
  boot: () => bootClock.now(),
};
