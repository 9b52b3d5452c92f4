const PERIODS = 24;
const PERIOD_S = 600;

/** The highest of the floors that left a window, for four hours: what a program has held before is no leak. */
export class HighestFloors {
  readonly #byPeriod = new Float32Array(PERIODS).fill(-Infinity);
  #period = 0;
  highest = -Infinity;

  push(time: number, value: number): void {
    const period = Math.floor(time / PERIOD_S);
    const skipped = Math.min(period - this.#period, PERIODS);
    for (let back = 0; back < skipped; back++) this.#byPeriod[(period - back) % PERIODS] = -Infinity;
    this.#period = period;
    const slot = period % PERIODS;
    this.#byPeriod[slot] = Math.max(this.#byPeriod[slot] ?? -Infinity, value);
    this.highest = Math.max(...this.#byPeriod);
  }

  clear(): void {
    this.#byPeriod.fill(-Infinity);
    this.#period = 0;
    this.highest = -Infinity;
  }
}
