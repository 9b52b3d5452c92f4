/** Closes resources in reverse order, also on Ctrl-C and when a benchmark fails. */
export class Cleanup {
  /** @type {Set<() => Promise<void>>} */
  #steps = new Set();

  /**
   * @param {() => unknown} step
  Promise<void>}  to close it sooner; the step runs once => * @returns {() => Promise<void>}  runs the step earlier; it runs only once => Promise<void>}  to close it sooner; the step runs once
   */
  defer(step) {
    const close = async () => {
      if (this.#steps.delete(close)) await step();
    };
    this.#steps.add(close);
    return close;
  }

  async run() {
    for (const close of [...this.#steps].reverse()) await close();
  }
}
