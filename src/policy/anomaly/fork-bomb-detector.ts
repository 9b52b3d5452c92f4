import { ALARM, type Detector, type Evidence, type Finding, isUsable, NOTHING, type Sample } from './detector.ts';

export interface ForkBombOptions {
  /** Descendants that a program may have at once. */
  readonly maxDescendants?: number;
}

/** Consecutive samples in which the descendants have to multiply, and the least factor between two of them. */
const STEPS = 3;
const FACTOR = 1.5;
/** A pool of workers may grow as well if it takes longer than this; it is judged only once it exceeds its bound. */
const WITHIN_S = 1;

/**
 * Detects fork bombs: too many descendants, or a number that multiplies so fast that the next sample would exceed the
 * bound. Values are descendants of one run; samples may come at any interval. Steady growth is not judged in advance,
 * because a bomb that forks steadily and a server that starts its workers look the same until the bound is exceeded.
 */
export function createForkBombDetector(options: ForkBombOptions = {}): Detector {
  return new ForkBombDetector(options);
}

class ForkBombDetector implements Detector {
  readonly #max: number;
  readonly #samples: Sample[] = [];
  #finding: Finding = NOTHING;

  constructor({ maxDescendants = 50 }: ForkBombOptions) {
    this.#max = maxDescendants;
  }

  push(sample: Sample): Finding {
    if (!isUsable(sample)) return this.#finding;
    if (sample.value <= 0) {
      this.reset();
      return NOTHING;
    }
    this.#samples.push(sample);
    if (this.#samples.length > STEPS + 1) this.#samples.shift();
    const evidence = this.#judge(sample.value);
    const score = evidence === null ? Math.max(0, (ALARM * sample.value) / (this.#max + 1)) : 1;
    this.#finding = { score, anomaly: evidence !== null, evidence };
    return this.#finding;
  }

  reset(): void {
    this.#samples.length = 0;
    this.#finding = NOTHING;
  }

  #judge(descendants: number): Evidence | null {
    if (descendants > this.#max) {
      const sentence = `descendants rose to ${String(descendants)}, above the maximum of ${String(this.#max)}`;
      return { sentence, figures: { descendants, limit: this.#max } };
    }
    return this.#isMultiplying() ? this.#predict(descendants) : null;
  }

  #isMultiplying(): boolean {
    const [first] = this.#samples;
    const last = this.#samples.at(-1);
    if (this.#samples.length <= STEPS || first === undefined || last === undefined) return false;
    if (last.t - first.t > WITHIN_S || last.value * FACTOR <= this.#max) return false;
    const steps = this.#samples.slice(1).map(({ value }, index) => {
      const previous = this.#samples[index]?.value ?? 0;
      return { isSteep: previous > 0 && value >= previous * FACTOR, growth: value - previous };
    });
    return steps.every(({ isSteep, growth }, index) => isSteep && growth >= FACTOR * (steps[index - 1]?.growth ?? 0));
  }

  #predict(descendants: number): Evidence {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)];
    const ms = Math.round(((last?.t ?? 0) - (first?.t ?? 0)) * 1000);
    const rise = `from ${String(first?.value ?? 0)} to ${String(descendants)} within ${String(ms)} ms`;
    const sentence = `descendants rose ${rise} and are about to exceed the maximum of ${String(this.#max)}`;
    return { sentence, figures: { descendants, limit: this.#max, withinMs: ms } };
  }
}
