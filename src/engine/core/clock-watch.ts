import type { Clock } from './clock.ts';
import { Watchers } from './watchers.ts';

/** Smaller steps are corrections that happen all the time. */
const STEP_MS = 1_500;

/** Notices that the wall clock was set, which no timer does: timers follow the monotonic clock. */
export class ClockWatch {
  /** The wall clock was set by so many ms: a negative number sets it back. A suspension of the machine does not count. */
  readonly onSet = new Watchers<[byMs: number]>();
  readonly #clock: Clock;
  #offsetMs: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offsetMs = this.#offset();
  }

  /** Compares the clocks. Call it every second. */
  tick(): void {
    const previous = this.#offsetMs;
    this.#offsetMs = this.#offset();
    const byMs = Math.round(this.#offsetMs - previous);
    if (Math.abs(byMs) >= STEP_MS) this.onSet.emit(byMs);
  }

  #offset(): number {
    const { wall, mono } = this.#clock.now();
    return wall - (this.#clock.boot?.() ?? mono);
  }
}
