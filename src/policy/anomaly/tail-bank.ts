const KEPT = 24;
/** Below this the tail of a statistic would be taken for a wall that nothing can be above. */
const LEAST_SHAPE = 0.3;
const MOST_SURPRISE = 20;

/**
 * For several statistics of one series: how improbable is a value, given the largest ones seen so far?
 *
 * Only the 24 largest are kept of each. Above the lowest of them the tail is taken to fall off as a power, whose shape
 * Hill's estimator (1975) gives: the mean of the logarithms of the kept values over the lowest of them.
 */
export class TailBank {
  readonly #largest: Float32Array;
  readonly #lengths: Uint8Array;
  readonly #shapes: Float32Array;
  #seen = 0;

  constructor(statistics: number) {
    this.#largest = new Float32Array(statistics * KEPT);
    this.#lengths = new Uint8Array(statistics);
    this.#shapes = new Float32Array(statistics);
  }

  /** Call once a sample, before its statistics are pushed. */
  countSample(): void {
    this.#seen += 1;
  }

  /** Takes a value that is not negative; gives minus the logarithm of its probability, 0 for what is usual. */
  push(statistic: number, value: number): number {
    const surprise = this.#surpriseOf(statistic, value);
    this.#remember(statistic, value);
    return surprise;
  }

  clear(): void {
    this.#lengths.fill(0);
    this.#seen = 0;
  }

  #surpriseOf(statistic: number, value: number): number {
    const lowest = this.#largest[statistic * KEPT + KEPT - 1] ?? 0;
    if (this.#lengths[statistic] !== KEPT || lowest <= 0 || value <= lowest) return 0;
    const shape = Math.max(this.#shapes[statistic] ?? 0, LEAST_SHAPE);
    return Math.min(MOST_SURPRISE, Math.log((this.#seen - 1) / KEPT) + Math.log(value / lowest) / shape);
  }

  #remember(statistic: number, value: number): void {
    const start = statistic * KEPT;
    const length = this.#lengths[statistic] ?? 0;
    if (length === KEPT && value <= (this.#largest[start + KEPT - 1] ?? 0)) return;
    let slot = start + Math.min(length, KEPT - 1);
    for (; slot > start && (this.#largest[slot - 1] ?? 0) < value; slot--) {
      this.#largest[slot] = this.#largest[slot - 1] ?? 0;
    }
    this.#largest[slot] = value;
    this.#lengths[statistic] = Math.min(KEPT, length + 1);
    this.#shapes[statistic] = this.#shapeOf(start);
  }

  #shapeOf(start: number): number {
    const lowest = this.#largest[start + KEPT - 1] ?? 0;
    if (lowest <= 0) return 0;
    let sum = 0;
    for (let slot = start; slot < start + KEPT - 1; slot++) sum += Math.log((this.#largest[slot] ?? 0) / lowest);
    return sum / (KEPT - 1);
  }
}
