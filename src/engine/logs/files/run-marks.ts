import { join } from 'node:path';
import { recordHeads } from './log-format.ts';
import type { OutputStream } from './log-transport.ts';
import { type OpenLines, readOpenLines } from './open-lines.ts';
import { CURRENT_LOG } from './rotation.ts';
import { formatMark, type RunMark } from './run-mark.ts';

/** How often the mark of a run is repeated within its output, so that a reader of the last lines soon finds one. */
const REPEAT_BYTES = 1024 * 1024;

/** The start of a run, whose mark is written before its first output, or at its end. */
export interface RunStart extends Pick<RunMark, 'run' | 'pid'> {
  /** Wall-clock time in ms. */
  readonly atWall: number;
}

interface MarkedLog {
  /** The run of the last mark; null until this process has written one. */
  run: number | null;
  /** Size of the log file at the last mark. */
  size: number;
  /** Starts whose marks are not written yet, oldest first. */
  starts: RunStart[];
  /** Null until the log was read. */
  open: OpenLines | null;
}

/** Where to write marks, and how. */
export interface MarkPlace {
  readonly dir: string;
  /** Size of the log file. */
  readonly size: number;
  readonly nowWall: number;
  readonly timestamps: boolean;
}

/** What is written after the marks. */
export interface MarkedRecords {
  readonly stream: OutputStream;
  /** Whether they are output of the run, which may continue its unfinished line. */
  readonly isOutput: boolean;
}

/**
 * The marks in the logs of all programs. Output follows the mark of its run, in every file: several runs may print at the
 * same time, because processes that a run left behind keep printing.
 */
export class RunMarks {
  readonly #logs = new Map<string, MarkedLog>();

  /** Announces a run before its output. */
  announce(dir: string, start: RunStart): void {
    const { starts } = this.#logOf(dir);
    if (!starts.some(({ run }) => run === start.run)) starts.push(start);
  }

  /** Returns whether the mark about the start of a run is not written yet. */
  isDue(dir: string, run: number): boolean {
    return this.#logs.get(dir)?.starts.some((start) => start.run === run) ?? false;
  }

  /** Returns the marks to write before output of a run: those of earlier runs that printed nothing, and its own. */
  before(run: number, { dir, size, nowWall, timestamps }: MarkPlace): string {
    const log = this.#logOf(dir);
    const due = log.starts.filter((start) => start.run <= run);
    const marks = due.map(({ atWall, ...start }) =>
      formatMark({ kind: 'started', ...start }, timestamps ? atWall : null),
    );
    const isMarked = log.run === run && size >= log.size && size > 0 && size - log.size < REPEAT_BYTES;
    if (due.at(-1)?.run !== run && !(isMarked && due.length === 0)) {
      marks.push(formatMark({ kind: 'continues', run, pid: 0 }, timestamps ? nowWall : null));
    }
    return marks.join('');
  }

  /**
   * Returns the record that ends an unfinished line of the stream, unless it is continued by what follows: otherwise the line of a
   * run that was killed together with its log collector would continue with the first line of the next run.
   */
  endOfLine(run: number, { dir, size, nowWall, timestamps }: MarkPlace, { stream, isOutput }: MarkedRecords): string {
    const log = this.#logOf(dir);
    log.open ??= readOpenLines(join(dir, CURRENT_LOG), size);
    const owner = log.open.get(stream);
    if (owner === undefined || (isOutput && (owner === run || owner === null))) return '';
    return `${recordHeads(stream, timestamps ? nowWall : null).full}\n`;
  }

  /** Notes whether the last line of a stream is unfinished. */
  wroteOutput(run: number, { dir }: Pick<MarkPlace, 'dir'>, stream: OutputStream, isUnfinished: boolean): void {
    const { open } = this.#logOf(dir);
    if (isUnfinished) open?.set(stream, run);
    else open?.delete(stream);
  }

  /** Notes that these marks are in the log, which had this size before. */
  wrote(run: number, { dir, size }: MarkPlace): void {
    const log = this.#logOf(dir);
    log.run = run;
    log.size = size;
    log.starts = log.starts.filter((start) => start.run > run);
  }

  #logOf(dir: string): MarkedLog {
    const known = this.#logs.get(dir);
    if (known !== undefined) return known;
    const log: MarkedLog = { run: null, size: 0, starts: [], open: null };
    this.#logs.set(dir, log);
    return log;
  }
}
