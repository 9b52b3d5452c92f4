const MINUTE_S = 60;

/** Computes means over one minute, for detectors that observe longer periods. */
export class MinuteMean {
  #since = NaN;
  #sum = 0;
  #count = 0;

  /** Adds a value. Returns the mean of the last minute once it is complete, otherwise null. */
  push(t: number, value: number): number | null {
    const isOver = t - this.#since >= MINUTE_S && this.#count > 0;
    const mean = isOver ? this.#sum / this.#count : null;
    if (isOver || this.#count === 0) {
      this.#since = t;
      this.#sum = 0;
      this.#count = 0;
    }
    this.#sum += value;
    this.#count += 1;
    return mean;
  }
}
