const FIRST_SIZE = 16;

/**
 * Holds the newest `capacity` numbers, oldest first, as 32-bit floats (seven digits). Memory is allocated as the buffer
 * fills.
 */
export class FloatRingBuffer {
  readonly capacity: number;
  #slots: Float32Array;
  #oldest = 0;
  #length = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#slots = new Float32Array(Math.min(FIRST_SIZE, capacity));
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a number; at capacity, the oldest one is dropped. */
  push(value: number): void {
    if (this.#length === this.#slots.length && this.#length < this.capacity) this.#grow();
    this.#slots[this.#slotOf(this.#length)] = value;
    if (this.#length < this.#slots.length) this.#length++;
    else this.#oldest = this.#slotOf(1);
  }

  /** Returns the number at an index, where 0 is the oldest; undefined if the index is out of range. */
  at(index: number): number | undefined {
    return index >= 0 && index < this.#length ? this.#slots[this.#slotOf(index)] : undefined;
  }

  replaceNewest(value: number): void {
    if (this.#length > 0) this.#slots[this.#slotOf(this.#length - 1)] = value;
  }

  /** Removes the newest `count` numbers. */
  dropNewest(count: number): void {
    this.#length = Math.max(0, this.#length - count);
  }

  clear(): void {
    this.#length = 0;
  }

  #slotOf(index: number): number {
    return (this.#oldest + index) % this.#slots.length;
  }

  /** Moves the oldest number to the front, so that the new slots follow the newest one. */
  #grow(): void {
    const slots = new Float32Array(Math.min(this.capacity, this.#slots.length * 2));
    for (let index = 0; index < this.#length; index++) slots[index] = this.at(index) ?? NaN;
    this.#slots = slots;
    this.#oldest = 0;
  }
}
