import { uptime } from 'node:os';
import { descriptors } from '../../base/descriptors.ts';
import { startTimer } from '../../base/long-timer.ts';
import type { Moment } from '../../policy/moment.ts';

/** The source of time and randomness for all decisions. */
export interface Clock {
  now(): Moment;
  /** Returns a random number in [0, 1). */
  chance(): number;
  /** Calls back once after `ms` of monotonic time, or later after a stall of this process, and returns a function that cancels the timer. */
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

/** A timer that is later than this expires after a stall: the process was suspended, or had no CPU time. */
const STALL_MS = 1_000;
/** How long what happened during a stall may take to be read. */
const CATCH_UP_MS = 500;

/**
 * After a stall, timers expire before anything is read that happened in the meantime: the exit that a stop waits for, a sign of
 * life, or the line that makes a program ready. They are put off, so that no program is blamed for the silence of the engine.
 */
function afterCatchingUp(ms: number, callback: () => void): () => void {
  const dueMs = performance.now() + ms;
  let cancel = startTimer(() => {
    if (performance.now() - dueMs < STALL_MS) callback();
    else cancel = startTimer(callback, CATCH_UP_MS);
  }, ms);
  return () => cancel();
}

const bootClock = new BootClock();

export const systemClock: Clock = {
  now: () => ({ mono: performance.now(), wall: Date.now() }),
  chance: () => Math.random(),
  after: afterCatchingUp,
  boot: () => bootClock.now(),
};
