/**
 * The runs whose leftover processes were left running on purpose (`leftovers: leave`). From then on, no later run, engine or
 * definition of the program treats these processes as its own.
 */
export class ReleasedRuns {
  #runs = new Map<string, number>();
  readonly #save: (runs: ReadonlyMap<string, number>) => void;

  /** @param save stores the runs for the next engine */
  constructor(save: (runs: ReadonlyMap<string, number>) => void) {
    this.#save = save;
  }

  /** Continues with the runs that the previous engine stored. */
  load(runs: ReadonlyMap<string, number>): void {
    this.#runs = new Map(runs);
  }

  /** Notes that this run of the program, and all before it, have ended. */
  release(id: string, run: number): void {
    if (run <= this.lastOf(id)) return;
    this.#runs.set(id, run);
    this.#save(this.#runs);
  }

  /** Returns the number of the last run of the program that was released, or 0. Later runs have higher numbers. */
  lastOf(id: string): number {
    return this.#runs.get(id) ?? 0;
  }
}
