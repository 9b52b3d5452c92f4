import { summarize } from './statistics.mjs';

/**
 * @typedef {{ name: string, samples: number[] } & import('./statistics.mjs').Summary} Row
 * @typedef {{ title: string, unit: string, floors: readonly string[], rows: Row[] }} Group
 */

/** Collects the samples of each contender, in the order in which contenders first appear. */
export class Tally {
  #samples = new Map();

  /**
   * @param {string} title
   * @param {string} unit
   * @param {readonly string[]} floors  the contenders with which the others are compared
   */
  constructor(title, unit, floors = []) {
    this.title = title;
    this.unit = unit;
    this.floors = floors;
  }

  /** @param {string} name @param {...number} values */
  add(name, ...values) {
    this.#samples.set(name, [...(this.#samples.get(name) ?? []), ...values]);
  }

  /** @returns {Group} */
  result() {
    const { title, unit } = this;
    const rows = [...this.#samples].map(([name, samples]) => ({ name, ...summarize(samples), samples }));
    return { title, unit, floors: this.floors.filter((floor) => this.#samples.has(floor)), rows };
  }
}
