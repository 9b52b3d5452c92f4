import type { Clock } from '../../src/engine/core/clock.ts';
import type { Moment } from '../../src/policy/moment.ts';
import { START } from './programs.ts';

interface Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/** Time that passes only when the test says so. Both clocks run together; chance is in the middle, so no jitter. */
export class FakeClock implements Clock {
  #elapsedMs = 0;
  readonly #timers = new Set<Timer>();

  now(): Moment {
    return { mono: START.mono + this.#elapsedMs, wall: START.wall + this.#elapsedMs };
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

  /** Timers that wait to be called. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets time pass, calling in order what falls due, also what is armed on the way. */
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
