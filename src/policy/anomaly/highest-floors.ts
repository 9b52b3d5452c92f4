const PERIODS = 24;
const PERIOD_S = 600;

/** The highest floor of the last four hours that left the window: memory that a program held before is not a leak. */
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
