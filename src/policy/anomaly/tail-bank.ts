/** A smaller shape would treat the largest value as an upper bound. */
const LEAST_SHAPE = 0.1;
const MOST_SURPRISE = 15;

/**
 * Rates how improbable a value of a statistic is, given the largest values so far.
 *
 * Only some of the largest values of each statistic are kept. Above the lowest of them the tail is modeled as a power law,
 * whose shape is Hill's estimator (1975): the mean logarithm of the kept values divided by the lowest of them.
 */
export class TailBank {
  readonly #kept: number;
  readonly #last: number;
  readonly #keptOfLast: number;
  /** For each statistic its largest values in descending order, then the shape of their tail. */
  readonly #rows: Float32Array;
  #seen = 0;

  /**
   * @param kept how many of the largest values make up the tail
   * @param keptOfLast the same for the last statistic
   */
  constructor(statistics: number, kept: number, keptOfLast = kept) {
    this.#kept = kept;
    this.#last = statistics - 1;
    this.#keptOfLast = keptOfLast;
    this.#rows = new Float32Array(this.#last * (kept + 1) + keptOfLast + 1);
    this.clear();
  }

  /** Counts a sample. Call it before its statistics are pushed. */
  countSample(): void {
    this.#seen += 1;
  }

  /** Takes a non-negative value. Returns the negative logarithm of its probability, 0 for usual values. */
  push(statistic: number, value: number): number {
    const start = statistic * (this.#kept + 1);
    const kept = statistic === this.#last ? this.#keptOfLast : this.#kept;
    const lowest = this.#rows[start + kept - 1] ?? 0;
    if (value <= lowest) return 0;
    const surprise = lowest > 0 ? this.#surpriseOf(start, kept, value / lowest) : 0;
    this.#remember(start, kept, value);
    return surprise;
  }

  clear(): void {
    // A negative value marks a free slot.
    this.#rows.fill(-1);
    this.#seen = 0;
  }

  #surpriseOf(start: number, kept: number, timesLowest: number): number {
    const shape = Math.max(this.#rows[start + kept] ?? 0, LEAST_SHAPE);
    return Math.min(MOST_SURPRISE, Math.max(0, Math.log((this.#seen - 1) / kept) + Math.log(timesLowest) / shape));
  }

  #remember(start: number, kept: number, value: number): void {
    const last = start + kept - 1;
    let slot = last;
    for (; slot > start && (this.#rows[slot - 1] ?? 0) < value; slot--) this.#rows[slot] = this.#rows[slot - 1] ?? 0;
    this.#rows[slot] = value;
    const lowest = this.#rows[last] ?? 0;
    if (lowest <= 0) return;
    let sum = 0;
    for (slot = start; slot < last; slot++) sum += Math.log((this.#rows[slot] ?? 0) / lowest);
    this.#rows[last + 1] = sum / (kept - 1);
  }
}
