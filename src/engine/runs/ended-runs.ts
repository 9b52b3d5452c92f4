import type { RunRef } from '../../protocol/run.ts';

/** Reports the ends of runs to the log collector at the end of the turn, so that the next run does not wait for that. */
export class EndedRuns {
  readonly #report: (id: string, run: number) => void;
  #waiting: RunRef[] = [];

  constructor(report: (id: string, run: number) => void) {
    this.#report = report;
  }

  note(id: string, run: number): void {
    if (this.#waiting.length === 0) process.nextTick(() => this.flush());
    this.#waiting.push({ id, run });
  }

  /** Reports them at once. */
  flush(): void {
    const ended = this.#waiting;
    this.#waiting = [];
    // The transport has its own timeout. A run that starts in the meantime has its own pipes.
    for (const { id, run } of ended) this.#report(id, run);
  }
}
