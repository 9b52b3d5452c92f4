/** Levels on either side of what is usual that are told apart, a usual deviation each. */
const FARTHEST = 3;
const LEVELS = 2 * FARTHEST + 1;
/** A context is so many levels, one after the other. */
const CONTEXTS = LEVELS ** 3;
/** While a series is new, so are its contexts. */
const LEARNING_SAMPLES = 400;
/** Share by which the mean follows. */
const FOLLOWING = 0.2;

/**
 * How much of late came in an order that this series never had, though each value may be usual: the idea of CAD OSE, a
 * detector of the Numenta Anomaly Benchmark, in its simplest form.
 */
export class ContextNovelty {
  /** A bit for each context that was seen. */
  readonly #seen = new Uint8Array(Math.ceil(CONTEXTS / 8));
  #context = 0;
  #samples = 0;
  #novelty = 0;

  /**
   * @param deviations the distance of a sample to what is usual, in usual deviations
   * @returns 0 where all was seen before, towards 1 where nothing was
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
