/**
 * The degraded parts of the engine: one sentence for each, with the next step. `status` shows it until it is resolved.
 */
export class Degradations {
  readonly #sentences = new Map<string, string>();

  set(part: string, sentence: string): void {
    this.#sentences.set(part, sentence);
  }

  clear(part: string): void {
    this.#sentences.delete(part);
  }

  list(): readonly string[] {
    return [...this.#sentences.values()];
  }
}
