/** A set of callbacks that are called together. Callbacks can be added and removed at any time. */
export class Watchers<Args extends readonly unknown[]> {
  readonly #callbacks = new Set<(...args: Args) => void>();

  /** Adds a callback and returns the function that removes it. Callbacks are called in the order in which they were added. */
  add(callback: (...args: Args) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  get count(): number {
    return this.#callbacks.size;
  }

  emit(...args: Args): void {
    for (const callback of this.#callbacks) callback(...args);
  }
}
