/** A floor of fewer samples would follow every tooth of a sawtooth. */
const LEAST_SAMPLES = 4;

/**
 * Divides a series into intervals. A floor is the lowest value within one: bursts and garbage do not raise it, memory that
 * is really held does.
 */
export class OpenFloor {
  readonly #seconds: number;
  #since = NaN;
  #samples = 0;
  #lowest = Infinity;
  /** The length of the interval of the last floor, in seconds. */
  lastSeconds = 0;

  constructor(seconds: number) {
    this.#seconds = seconds;
  }

  /** Takes a sample. Returns the floor that it completed; NaN if it completed none. */
  push(elapsed: number, value: number): number {
    const isComplete = elapsed - this.#since >= this.#seconds && this.#samples >= LEAST_SAMPLES;
    const floor = isComplete ? this.#lowest : NaN;
    if (isComplete) this.lastSeconds = elapsed - this.#since;
    if (isComplete || this.#samples === 0) {
      this.#since = elapsed;
      this.#samples = 0;
      this.#lowest = Infinity;
    }
    this.#samples++;
    if (value < this.#lowest) this.#lowest = value;
    return floor;
  }

  clear(): void {
    this.#since = NaN;
    this.#samples = 0;
    this.#lowest = Infinity;
    this.lastSeconds = 0;
  }
}
