/** What is degraded about the fleet on this host, by part; reported as one sentence. */
export class AgentProblems {
  readonly #onChange: (sentence: string | null) => void;
  readonly #sentences = new Map<string, string>();
  #reported: string | null = null;

  constructor(onChange: (sentence: string | null) => void) {
    this.#onChange = onChange;
  }

  /** Null resolves the problem. */
  set(part: string, sentence: string | null): void {
    if (sentence === null) this.#sentences.delete(part);
    else this.#sentences.set(part, sentence);
    const all = this.#sentences.size === 0 ? null : [...this.#sentences.values()].join('; ');
    if (all === this.#reported) return;
    this.#reported = all;
    this.#onChange(all);
  }

  /** Returns 1 if the engine does not list these problems yet, or cannot. */
  notReportedBy(degraded: readonly string[]): number {
    return this.#reported === null || degraded.some((sentence) => this.#reported?.startsWith(sentence)) ? 0 : 1;
  }
}
