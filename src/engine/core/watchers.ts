/** A set of callbacks that come and go. */
export class Watchers<Args extends readonly unknown[]> {
  readonly #callbacks = new Set<(...args: Args) => void>();

  /** The function ends it. */
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
