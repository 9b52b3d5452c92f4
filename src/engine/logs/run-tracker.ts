import type { LogLine } from '../../protocol/log-line.ts';

/** Which lines of a log are read. By default all that the program printed. */
export interface LogSelection {
  /** Only lines of the run with this number. */
  readonly run?: number | undefined;
  /** Also the marks between the output of different runs, and the run of each line. */
  readonly marks?: boolean | undefined;
}

/** Returns whether reading requires to know which run printed a line. */
export function needsRuns({ run, marks = false }: LogSelection): boolean {
  return marks || run !== undefined;
}

/** Tracks, from the marks in a log, which run printed each line. */
export class RunTracker {
  readonly #selection: LogSelection;
  #run: number | null;

  /** @param run the run whose output precedes the first line; null if unknown */
  constructor(selection: LogSelection, run: number | null) {
    this.#selection = selection;
    this.#run = run;
  }

  /** Sets the run that printed the next line. */
  assume(run: number): void {
    this.#run = run;
  }

  /** Returns the next line with its run, or null if it is not selected. */
  next(line: LogLine): LogLine | null {
    const { run: wanted, marks = false } = this.#selection;
    if (line.mark === undefined) {
      if (wanted !== undefined && wanted !== this.#run) return null;
      return marks && this.#run !== null ? { ...line, run: this.#run } : line;
    }
    // Files, and long output, repeat the mark of their run; a new log collector may repeat the mark of a start.
    const isRepeated = line.run === this.#run;
    this.#run = line.run ?? null;
    return marks && !isRepeated && (wanted === undefined || wanted === this.#run) ? line : null;
  }
}

/** Returns the number of lines that the program printed. */
export function countPrinted(lines: readonly LogLine[]): number {
  return lines.filter(({ mark }) => mark === undefined).length;
}
