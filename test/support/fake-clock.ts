import type { Clock } from '../../src/engine/core/clock.ts';
import type { Moment } from '../../src/policy/moment.ts';
import { START } from './programs.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** A clock that the test advances. The monotonic and the wall clock run together, and randomness is 0.5, so there is no jitter. */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  #wallShiftMs = 0;
  readonly #timers = new Set<Timer>();

  now(): Moment {
    return { mono: START.mono + this.#elapsedMs, wall: START.wall + this.#elapsedMs + this.#wallShiftMs };
  }

  /** Sets the wall clock forward, or back if `byMs` is negative. The monotonic clock is not affected. */
  setWall(byMs: number): void {
    this.#wallShiftMs += byMs;
  }

  chance(): number {
    return 0.5;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { dueMs: this.#elapsedMs + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** The number of pending timers. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Advances time and runs due timers in order, including those that are armed meanwhile. */
  advance(ms: number): void {
    const end = this.#elapsedMs + ms;
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > end) break;
      this.#timers.delete(next);
      this.#elapsedMs = Math.max(this.#elapsedMs, next.dueMs);
      next.callback();
    }
    this.#elapsedMs = end;
  }
}
