const MINUTE_S = 60;

/** Means over a minute, for what looks at a longer time. */
export class MinuteMean {
  #since = NaN;
  #sum = 0;
  #count = 0;

  /** Takes a value; gives the mean of a minute when one is over, else null. */
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
