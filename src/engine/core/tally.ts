/** A total to which several parts contribute, e.g. the number of clients of all servers. */
export class Tally {
  readonly #counts = new Set<() => number>();

  /** Includes a count from now on and returns the function that removes it. */
  add(count: () => number): () => void {
    this.#counts.add(count);
    return () => this.#counts.delete(count);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts) total += count();
    return total;
  }
}
