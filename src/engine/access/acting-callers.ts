interface Act {
  readonly name: string;
  readonly programs: ReadonlySet<string>;
}

/** The named callers whose requests are being performed, so that the events that these cause can name them. */
export class ActingCallers {
  readonly #acts = new Set<Act>();

  /**
   * Performs a request and returns its result.
   * @param programs the ids of the programs that it is about; empty for a request about the engine
   */
  during(name: string, programs: readonly string[], perform: () => unknown): unknown {
    const act = { name, programs: new Set(programs) };
    this.#acts.add(act);
    const end = (): boolean => this.#acts.delete(act);
    let result: unknown;
    try {
      result = perform();
    } catch (error) {
      end();
      throw error;
    }
    if (result instanceof Promise) return result.finally(end);
    end();
    return result;
  }

  /** Returns who acts on a program, or on the engine (null); null if no named caller does. The newest request counts. */
  nameFor(program: string | null): string | null {
    if (this.#acts.size === 0) return null;
    let found: string | null = null;
    for (const { name, programs } of this.#acts) {
      if (program === null ? programs.size === 0 : programs.has(program)) found = name;
    }
    return found;
  }
}
