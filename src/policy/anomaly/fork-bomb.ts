import type { Evidence } from './detector.ts';

/** Looks in a row over which descendants have to multiply, and how much from one look to the next. */
const STEPS = 3;
const FACTOR = 1.5;
/** Slower than that, a pool of workers may grow as well; it is judged when it has passed its bound. */
const WITHIN_S = 1;

/** A number of descendants at a time in seconds. */
interface Count {
  readonly t: number;
  readonly descendants: number;
}

/** Judges the descendants of one run of a program, look by look; looks may come at any distance. */
export class ForkBombDetector {
  readonly #max: number;
  #counts: readonly Count[] = [];

  constructor(maxDescendants: number) {
    this.#max = maxDescendants;
  }

  /**
   * Too many now, or multiplying in a way that passes the bound at the next look. An even growth is not judged ahead:
   * a bomb that forks evenly and a server that starts its workers look the same until the bound is passed.
   */
  push(count: Count): Evidence | null {
    this.#counts = [...this.#counts, count].slice(-STEPS - 1);
    const { descendants } = count;
    if (descendants > this.#max) {
      const sentence = `descendants rose to ${String(descendants)}, above the ${String(this.#max)} it may have`;
      return { sentence, figures: { descendants, limit: this.#max } };
    }
    return this.#isMultiplying() ? this.#foresee(descendants) : null;
  }

  #isMultiplying(): boolean {
    const [first] = this.#counts;
    const last = this.#counts.at(-1);
    if (this.#counts.length <= STEPS || first === undefined || last === undefined) return false;
    if (last.t - first.t > WITHIN_S || last.descendants * FACTOR <= this.#max) return false;
    const steps = this.#counts.slice(1).map(({ descendants }, at) => {
      const before = this.#counts[at]?.descendants ?? 0;
      return { isSteep: before > 0 && descendants >= before * FACTOR, growth: descendants - before };
    });
    return steps.every(({ isSteep, growth }, at) => isSteep && growth >= FACTOR * (steps[at - 1]?.growth ?? 0));
  }

  #foresee(descendants: number): Evidence {
    const [first, last] = [this.#counts[0], this.#counts.at(-1)];
    const ms = Math.round(((last?.t ?? 0) - (first?.t ?? 0)) * 1000);
    const rise = `from ${String(first?.descendants ?? 0)} to ${String(descendants)} within ${String(ms)} ms`;
    const sentence = `descendants multiplied ${rise}, which passes the ${String(this.#max)} it may have at once`;
    return { sentence, figures: { descendants, limit: this.#max, withinMs: ms } };
  }
}
