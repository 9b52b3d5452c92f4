/** The newest `capacity` values of a stream, also sorted by size. */
export class SortedWindow {
  readonly #newest: Float64Array;
  readonly #sorted: Float64Array;
  #next = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#newest = new Float64Array(capacity);
    this.#sorted = new Float64Array(capacity);
  }

  get isFull(): boolean {
    return this.#length === this.#newest.length;
  }

  push(value: number): void {
    if (this.isFull) this.#remove(this.#newest[this.#next] ?? 0);
    this.#insert(value);
    this.#newest[this.#next] = value;
    this.#next = (this.#next + 1) % this.#newest.length;
  }

  /** Returns a percentile: the lowest value for 0, the highest for 1; NaN if empty. */
  percentile(share: number): number {
    if (this.#length === 0) return NaN;
    return this.#sorted[Math.round(share * (this.#length - 1))] ?? NaN;
  }

  clear(): void {
    this.#length = 0;
    this.#next = 0;
  }

  #insert(value: number): void {
    let slot = this.#length++;
    for (; slot > 0 && (this.#sorted[slot - 1] ?? 0) > value; slot--) this.#sorted[slot] = this.#sorted[slot - 1] ?? 0;
    this.#sorted[slot] = value;
  }

  #remove(value: number): void {
    let slot = 0;
    while (slot < this.#length - 1 && this.#sorted[slot] !== value) slot++;
    this.#sorted.copyWithin(slot, slot + 1, this.#length);
    this.#length--;
  }
}
