import type { Random } from './random.ts';

interface Weighted {
  readonly weight: number;
  /** Whether it is dealt early, because it shows mistakes that others show only by luck. */
  readonly isTargeted?: boolean;
}

/** The share of targeted items, until each of them was dealt. */
const TARGETED = 0.6;

/**
 * Deals items: first each of them once, those of a higher weight sooner, then at random by weight. So a run of a few minutes
 * tries nearly everything.
 */
export class Deck<T extends Weighted> {
  readonly #random: Random;
  readonly #items: readonly T[];
  #unused: readonly T[];
  #dealt = 0;

  constructor(random: Random, items: readonly T[]) {
    this.#random = random;
    this.#items = items;
    this.#unused = items;
  }

  /** The number of items so far. */
  get dealt(): number {
    return this.#dealt;
  }

  next(): T {
    this.#dealt += 1;
    const isTargeted = this.#random.chance(TARGETED);
    const targeted = this.#unused.filter((each) => each.isTargeted === true);
    const unused = isTargeted && targeted.length > 0 ? targeted : this.#unused;
    const item = this.#random.weighted(unused.length > 0 ? unused : this.#items);
    this.#unused = this.#unused.filter((each) => each !== item);
    return item;
  }
}
