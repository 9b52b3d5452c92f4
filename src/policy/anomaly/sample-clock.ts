import type { SavedNumbers } from './saved-numbers.ts';

/** A pause of more than this many usual intervals is a gap. */
const GAP = 20;
const SHORTEST_GAP_S = 120;
/** How fast the usual interval follows the measured ones. */
const LEARNING = 0.05;

/**
 * Seconds of observation. A gap, or a clock that was set forward or back, counts as one usual interval: what happened
 * in between was not observed.
 */
export class SampleClock {
  #last = NaN;
  #usualStep = 0;
  elapsed = 0;

  /** Takes the time of the next sample. Returns the seconds by which `elapsed` grew. */
  advance(t: number): number {
    const step = this.#stepTo(t);
    this.#last = t;
    this.elapsed += step;
    return step;
  }

  reset(): void {
    this.#last = NaN;
    this.#usualStep = 0;
    this.elapsed = 0;
  }

  /** Appends its state to a list of numbers. */
  save(into: number[]): void {
    into.push(this.elapsed, this.#usualStep);
  }

  /** Continues with saved numbers; the next sample counts as the first one after them. */
  restore(from: SavedNumbers): void {
    this.#last = NaN;
    this.elapsed = from.next();
    this.#usualStep = from.next();
  }

  #stepTo(t: number): number {
    const step = t - this.#last;
    if (Number.isNaN(step)) return 0;
    if (this.#usualStep === 0) this.#usualStep = step > 0 && step < SHORTEST_GAP_S * 60 ? step : 1;
    if (step <= 0 || step > Math.max(SHORTEST_GAP_S, GAP * this.#usualStep)) return this.#usualStep;
    this.#usualStep += LEARNING * (step - this.#usualStep);
    return step;
  }
}
