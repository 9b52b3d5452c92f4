/** Number of levels above and below the usual value, one usual deviation each. */
const FARTHEST = 3;
const LEVELS = 2 * FARTHEST + 1;
/** A context is three consecutive levels. */
const CONTEXTS = LEVELS ** 3;
/** The contexts of a new series are all new. */
const LEARNING_SAMPLES = 400;
/** Weight of a new value in the moving average. */
const FOLLOWING = 0.2;

/**
 * Measures how much of the recent series came in a new order, even if each value is usual. This is the simplest form of
 * CAD OSE, a detector of the Numenta Anomaly Benchmark.
 */
export class ContextNovelty {
  /** One bit for each known context. */
  readonly #seen = new Uint8Array(Math.ceil(CONTEXTS / 8));
  #context = 0;
  #samples = 0;
  #novelty = 0;

  /**
   * Takes a sample as its distance from the usual value, in usual deviations. Returns 0 if every recent context was known,
   * and values near 1 if none was.
   */
  push(deviations: number): number {
    const level = Math.min(FARTHEST, Math.max(-FARTHEST, Math.round(deviations))) + FARTHEST;
    this.#context = (this.#context * LEVELS + level) % CONTEXTS;
    const isNew = this.#remember(this.#context);
    this.#samples += 1;
    this.#novelty += FOLLOWING * ((isNew ? 1 : 0) - this.#novelty);
    return this.#samples < LEARNING_SAMPLES ? 0 : this.#novelty;
  }

  clear(): void {
    this.#seen.fill(0);
    this.#context = 0;
    this.#samples = 0;
    this.#novelty = 0;
  }

  #remember(context: number): boolean {
    const slot = context >> 3;
    const bit = 1 << (context & 7);
    const known = this.#seen[slot] ?? 0;
    this.#seen[slot] = known | bit;
    return (known & bit) === 0;
  }
}
