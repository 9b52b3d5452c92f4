/**
 * Reads the state of a detector, which is a list of numbers, from the beginning. A missing number is a null, because JSON has
 * no infinity; it is read as -Infinity.
 */
export class SavedNumbers {
  readonly #numbers: readonly (number | null)[];
  #next = 0;

  constructor(numbers: readonly (number | null)[]) {
    this.#numbers = numbers;
  }

  /** Returns whether every number was read. */
  get isAtEnd(): boolean {
    return this.#next === this.#numbers.length;
  }

  /** @throws RangeError if there is no further number */
  next(): number {
    const number = this.#numbers[this.#next++];
    if (number === undefined) throw new RangeError('too few numbers');
    return number ?? -Infinity;
  }

  /** Returns a whole number. @throws RangeError if it is not one, or out of range */
  nextBetween(least: number, most: number): number {
    const number = this.next();
    if (!Number.isInteger(number) || number < least || number > most) throw new RangeError('a number out of range');
    return number;
  }

  /** Returns a time or another value that may be missing; NaN if it is. */
  nextOrNone(): number {
    const number = this.next();
    return number === -Infinity ? NaN : number;
  }
}

/** Returns numbers as JSON stores them: with eight digits, which is more than their precision, and null for what is not finite. */
export function toStored(numbers: readonly number[]): (number | null)[] {
  return numbers.map((number) => (Number.isFinite(number) ? Number(number.toPrecision(8)) : null));
}
