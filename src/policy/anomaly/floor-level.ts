import type { SavedNumbers } from './saved-numbers.ts';

/** Number of periods over which the highest floor that left a level is remembered. */
const PERIODS = 8;

/**
 * One level of the ladder: its newest floors, evenly spaced, and the highest of those that left it. Memory that a program
 * held before is not a leak.
 */
export class FloorLevel {
  readonly capacity: number;
  /** All levels of a ladder share one array, because each array costs as much as fifty floors. */
  readonly #numbers: Float32Array;
  /** Where its floors begin in the array. Before them is the highest floor that left in each period. */
  readonly #start: number;
  readonly #floorsAPeriod: number;
  #oldest = 0;
  #length = 0;
  #leftInPeriod = 0;

  /**
   * @param numbers an array with `slotsOf(capacity)` free numbers at `start`
   * @param capacity number of floors that are kept
   * @param rememberedFloors number of floors for which the highest of those that left is remembered
   */
  constructor(numbers: Float32Array, start: number, capacity: number, rememberedFloors: number) {
    this.capacity = capacity;
    this.#numbers = numbers;
    this.#start = start + PERIODS;
    this.#floorsAPeriod = Math.ceil(rememberedFloors / PERIODS);
    this.clear();
  }

  /** Returns the number of slots that a level needs in the array. */
  static slotsOf(capacity: number): number {
    return capacity + PERIODS;
  }

  get length(): number {
    return this.#length;
  }

  push(floor: number): void {
    if (this.#length === this.capacity) {
      this.#leave(this.newest(this.capacity - 1));
      this.#numbers[this.#start + this.#oldest] = floor;
      this.#oldest = (this.#oldest + 1) % this.capacity;
      return;
    }
    this.#numbers[this.#start + ((this.#oldest + this.#length) % this.capacity)] = floor;
    this.#length++;
  }

  /** Returns the floor that was pushed `back` floors before the newest; NaN if there are not as many. */
  newest(back = 0): number {
    if (back >= this.#length) return NaN;
    return this.#numbers[this.#start + ((this.#oldest + this.#length - 1 - back) % this.capacity)] ?? NaN;
  }

  /** Copies the newest floors, oldest first. */
  copyNewest(count: number, into: Float64Array): void {
    const first = this.#oldest + this.#length - count;
    for (let index = 0; index < count; index++)
      into[index] = this.#numbers[this.#start + ((first + index) % this.capacity)] ?? 0;
  }

  /** Returns the highest floor before the newest `count`, including the remembered ones that left; -Infinity without one. */
  highestBefore(count: number): number {
    let highest = -Infinity;
    for (let back = count; back < this.#length; back++) highest = Math.max(highest, this.newest(back));
    for (let slot = this.#start - PERIODS; slot < this.#start; slot++)
      highest = Math.max(highest, this.#numbers[slot] ?? -Infinity);
    return highest;
  }

  clear(): void {
    this.#oldest = 0;
    this.#length = 0;
    this.#leftInPeriod = 0;
    this.#numbers.fill(-Infinity, this.#start - PERIODS, this.#start);
  }

  /** Appends its state to a list of numbers. `restore` is the inverse. */
  save(into: number[]): void {
    into.push(this.#length, this.#leftInPeriod);
    for (let slot = this.#start - PERIODS; slot < this.#start; slot++) into.push(this.#numbers[slot] ?? 0);
    for (let back = this.#length - 1; back >= 0; back--) into.push(this.newest(back));
  }

  /** Takes its state from saved numbers. @throws RangeError if they are not such a state */
  restore(from: SavedNumbers): void {
    this.clear();
    const length = from.nextBetween(0, this.capacity);
    this.#leftInPeriod = from.nextBetween(0, this.#floorsAPeriod);
    for (let slot = this.#start - PERIODS; slot < this.#start; slot++) this.#numbers[slot] = from.next();
    for (let index = 0; index < length; index++) this.push(from.next());
  }

  #leave(floor: number): void {
    const first = this.#start - PERIODS;
    if (this.#leftInPeriod === this.#floorsAPeriod) {
      this.#numbers.copyWithin(first + 1, first, this.#start - 1);
      this.#numbers[first] = -Infinity;
      this.#leftInPeriod = 0;
    }
    this.#numbers[first] = Math.max(this.#numbers[first] ?? -Infinity, floor);
    this.#leftInPeriod++;
  }
}
