/** A floor of fewer samples would follow every tooth of a sawtooth. */
const LEAST_SAMPLES = 4;

/**
 * The newest `capacity` floors of a series. A floor is the lowest value within `seconds`: bursts and garbage do not raise
 * it, memory that is really held does.
 */
export class FloorSeries {
  readonly capacity: number;
  readonly #seconds: number;
  /** The values, followed by their times: one array costs less than two. */
  readonly #slots: Float64Array;
  #oldest = 0;
  #length = 0;
  #openSince = NaN;
  #samples = 0;
  #lowest = Infinity;

  constructor(seconds: number, capacity: number) {
    this.#seconds = seconds;
    this.capacity = capacity;
    this.#slots = new Float64Array(2 * capacity);
  }

  get length(): number {
    return this.#length;
  }

  get isFull(): boolean {
    return this.#length === this.capacity;
  }

  /** Takes a sample. Returns whether that completed a floor. */
  push(elapsed: number, value: number): boolean {
    const isComplete = elapsed - this.#openSince >= this.#seconds && this.#samples >= LEAST_SAMPLES;
    if (isComplete) this.#append(this.#openSince, this.#lowest);
    if (isComplete || this.#samples === 0) {
      this.#openSince = elapsed;
      this.#samples = 0;
      this.#lowest = Infinity;
    }
    this.#samples++;
    if (value < this.#lowest) this.#lowest = value;
    return isComplete;
  }

  /** Returns a floor; index 0 is the oldest. NaN for an index out of range. */
  valueAt(index: number): number {
    return index < this.#length ? (this.#slots[(this.#oldest + index) % this.capacity] ?? NaN) : NaN;
  }

  /** Returns the time at which a floor began, in seconds; NaN for an index out of range. */
  timeAt(index: number): number {
    return index < this.#length ? this.#timeOf((this.#oldest + index) % this.capacity) : NaN;
  }

  clear(): void {
    this.#length = 0;
    this.#oldest = 0;
    this.#samples = 0;
    this.#openSince = NaN;
    this.#lowest = Infinity;
  }

  #timeOf(slot: number): number {
    return this.#slots[this.capacity + slot] ?? NaN;
  }

  #append(time: number, value: number): void {
    const slot = (this.#oldest + this.#length) % this.capacity;
    this.#slots[slot] = value;
    this.#slots[this.capacity + slot] = time;
    if (this.#length < this.capacity) this.#length++;
    else this.#oldest = (this.#oldest + 1) % this.capacity;
  }
}
