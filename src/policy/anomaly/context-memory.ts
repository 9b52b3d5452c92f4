const LEVELS = 8;
const BITS = 2048;
const BITS_A_WORD = 32;

/**
 * Remembers which three values have followed each other, roughly: eight levels between the lowest and the highest value
 * so far, hashed into 256 bytes. The idea is that of CAD OSE (Smirnov 2016): a new context is a sign by itself.
 */
export class ContextMemory {
  readonly #seen = new Uint32Array(BITS / BITS_A_WORD);
  #lowest = Infinity;
  #highest = -Infinity;
  #last = 0;
  #lastButOne = 0;

  /** Takes a value; true when it never followed the two before it. */
  push(value: number): boolean {
    this.#lowest = Math.min(this.#lowest, value);
    this.#highest = Math.max(this.#highest, value);
    const span = Math.max(this.#highest - this.#lowest, 1e-9);
    const level = Math.min(LEVELS - 1, Math.floor(((value - this.#lowest) / span) * LEVELS));
    const hash = ((level * 31 + this.#last) * 31 + this.#lastButOne) % BITS;
    const word = Math.floor(hash / BITS_A_WORD);
    const bit = (1 << (hash % BITS_A_WORD)) >>> 0;
    const isNew = ((this.#seen[word] ?? 0) & bit) === 0;
    this.#seen[word] = (this.#seen[word] ?? 0) | bit;
    this.#lastButOne = this.#last;
    this.#last = level + 1;
    return isNew;
  }

  clear(): void {
    this.#seen.fill(0);
    this.#lowest = Infinity;
    this.#highest = -Infinity;
    this.#last = 0;
    this.#lastButOne = 0;
  }
}
