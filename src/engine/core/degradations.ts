/** What does not work as it should, a sentence each with the next step; shown in `status` until it is well again. */
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
