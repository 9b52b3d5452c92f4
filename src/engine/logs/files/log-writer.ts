import { closeSync } from 'node:fs';
import type { RunRef } from '../../../protocol/run.ts';
import type { LogGap, LogSettings, OutputStream } from './log-transport.ts';
import { appendRecords, BYTES_PER_MB, openLog, type OpenLog } from './log-file.ts';
import { formatBatch, recordHeads } from './log-format.ts';
import { MAX_RESULT_BYTES } from './prefix-lines.ts';
import { countLines } from './record-cut.ts';
import { MARK_BYTES } from './run-mark.ts';
import type { MarkedRecords, RunMarks } from './run-marks.ts';

/** How often writing is retried while the disk is full. */
const RETRY_MS = 1_000;

/** Maximum length of the prefix of a record. */
const HEAD_BYTES = 40;
/** Growth of empty lines, which become a prefix and a newline. */
const MOST_GROWTH = HEAD_BYTES + 1;
const NEWLINE = 0x0a;
/** The reason if the log collector is killed before it has written a batch that its journal could not keep. */
const UNPROTECTED = 'the log collector died while the disk was full';

/** Output of one run to be written. `tail` says whether an unterminated last line ends there or continues. */
export interface Batch {
  readonly stream: OutputStream;
  readonly bytes: Buffer;
  readonly tail: 'ends' | 'goes-on';
  /** Identifies the batch in the journal, so that a lost batch is not counted and recovered as well. */
  readonly name?: string;
}

/**
 * Takes a batch out of its pipe once its place in the log is known; null if it will not be written. `expose` must be called
 * before bytes are taken that no journal keeps: until they are in the log, they count as lost.
 */
export type TakeBatch = (log: OpenLog | null, expose: () => void) => void;

/** Lines that could not be written, since a time. */
export interface LogLoss {
  readonly lines: number;
  readonly bytes: number;
  readonly reason: string;
  readonly fromWall: number;
  /** The last batch that was counted. */
  readonly batch?: string | undefined;
}

interface Loss extends LogLoss {
  readonly retryAtWall: number;
}

/** Called with each change of a loss; null once the log accounts for it. */
export type LossListener = (loss: LogLoss | null) => void;

export interface LogWriterOptions {
  readonly onLoss?: LossListener;
  /** Writes which run printed the output; without it, the log does not show that. */
  readonly marks?: RunMarks | null;
  /** Writes what the log has to state before a loss of this run: that output of earlier runs is missing. */
  readonly writeEarlier?: (nowWall: number) => void;
}

/**
 * Writes the output of a run to its log. A full disk does not block the program: lost lines are counted, and once writing
 * works again, a line in the log states how many are missing.
 */
export class LogWriter {
  settings: LogSettings;
  readonly #name: RunRef;
  readonly #dir: string;
  readonly #onGap: (gap: LogGap) => void;
  readonly #onLoss: LossListener;
  readonly #marks: RunMarks | null;
  readonly #writeEarlier: (nowWall: number) => void;
  #loss: Loss | null = null;

  constructor(
    name: RunRef,
    dir: string,
    settings: LogSettings,
    onGap: (gap: LogGap) => void,
    { onLoss = () => undefined, marks = null, writeEarlier = () => undefined }: LogWriterOptions = {},
  ) {
    this.#name = { id: name.id, run: name.run };
    this.#dir = dir;
    this.settings = settings;
    this.#onGap = onGap;
    this.#onLoss = onLoss;
    this.#marks = marks;
    this.#writeEarlier = writeEarlier;
  }

  get isLosing(): boolean {
    return this.#loss !== null;
  }

  /** Continues to count a loss that an earlier log collector began to count. */
  resume({ lines, bytes, reason, fromWall, batch, retryAtWall }: Loss): void {
    this.#loss = { lines, bytes, reason, fromWall, batch, retryAtWall };
  }

  /**
   * Writes and reports that an unknown number of lines is missing since a time. Returns false if the log cannot be written
   * now: the caller tries again.
   */
  noteUnknownLoss(reason: string, { fromWall, nowWall }: { fromWall: number; nowWall: number }): boolean {
    try {
      this.#append(`[healer] an unknown number of lines is missing: ${reason}`, nowWall);
    } catch {
      return false;
    }
    this.#onGap({ ...this.#name, lines: null, bytes: null, reason, fromWall, toWall: nowWall });
    return true;
  }

  /** Returns as many of these lines as fit into one file, and can be formatted at once. */
  fit(bytes: Buffer): Buffer {
    const maxBytes = Math.min(this.settings.maxSizeMb * BYTES_PER_MB - this.#markBytes, MAX_RESULT_BYTES);
    let part = bytes;
    while (part.length * MOST_GROWTH > maxBytes && part.length + countLines(part) * HEAD_BYTES > maxBytes) {
      const newline = part.lastIndexOf(NEWLINE, part.length >> 1);
      if (newline === -1) break;
      part = part.subarray(0, newline + 1);
    }
    return part;
  }

  write(batch: Batch, nowWall: number, take: TakeBatch): void {
    if (!this.retry(nowWall)) {
      // Counted first: a kill in between must not lose lines without a count.
      this.#lose(batch, nowWall, this.#loss?.reason ?? '');
      take(null, () => undefined);
      return;
    }
    const records = this.#format(batch, nowWall);
    let log: OpenLog | null = null;
    let isTaken = false;
    const exposure = { isCounted: false };
    const expose = (): void => {
      exposure.isCounted = true;
      this.#onLoss(this.#lossWith(batch, nowWall, UNPROTECTED));
    };
    try {
      log = openLog(this.#dir, this.settings, records.length + this.#markBytes);
      const marked = this.#mark(log, nowWall, { stream: batch.stream, isOutput: true });
      isTaken = true;
      take(marked, expose);
      appendRecords(marked, records);
      if (exposure.isCounted) this.#onLoss(null);
      const isUnfinished = batch.tail === 'goes-on' && batch.bytes.at(-1) !== NEWLINE;
      this.#marks?.wroteOutput(this.#name.run, { dir: this.#dir }, batch.stream, isUnfinished);
    } catch (error) {
      this.#lose(batch, nowWall, reasonOf(error));
      if (!isTaken) take(null, () => undefined);
    } finally {
      if (log !== null) closeSync(log.fd);
    }
  }

  /** Retries after a loss if it is time, and starts with a line about the loss. Returns true if nothing is being lost. */
  retry(nowWall: number): boolean {
    const loss = this.#loss;
    if (loss === null) return true;
    if (nowWall < loss.retryAtWall && loss.retryAtWall - nowWall <= RETRY_MS) return false;
    this.#loss = { ...loss, retryAtWall: nowWall + RETRY_MS };
    try {
      this.#writeEarlier(nowWall);
      this.#append(this.#describe(loss, nowWall), nowWall);
    } catch {
      return false;
    }
    this.#loss = null;
    this.#onLoss(null);
    this.#report(loss, nowWall);
    return true;
  }

  /** Makes a last attempt to write how many lines are missing, and marks a run that printed nothing, since it has exited. */
  close(nowWall: number): void {
    this.#markSilentRun(nowWall);
    const loss = this.#loss;
    if (loss === null) return;
    this.#loss = { ...loss, retryAtWall: nowWall };
    if (this.retry(nowWall)) return;
    this.#loss = null;
    this.#report(loss, nowWall);
  }

  #format({ stream, bytes, tail }: Batch, nowWall: number): Buffer | string {
    return formatBatch(bytes, recordHeads(stream, this.settings.timestamps ? nowWall : null), tail);
  }

  #append(text: string, nowWall: number): void {
    const records = this.#format({ stream: 'stderr', bytes: Buffer.from(text), tail: 'ends' }, nowWall);
    const log = openLog(this.#dir, this.settings, records.length + this.#markBytes);
    try {
      appendRecords(this.#mark(log, nowWall, { stream: 'stderr', isOutput: false }), records);
      this.#marks?.wroteOutput(this.#name.run, { dir: this.#dir }, 'stderr', false);
    } finally {
      closeSync(log.fd);
    }
  }

  get #markBytes(): number {
    return this.#marks === null ? 0 : MARK_BYTES + HEAD_BYTES;
  }

  /** Writes which run printed what follows, unless the log shows it already. Returns the log with its new size. */
  #mark(log: OpenLog, nowWall: number, records?: MarkedRecords): OpenLog {
    if (this.#marks === null) return log;
    const place = { dir: this.#dir, size: log.size, nowWall, timestamps: this.settings.timestamps };
    const { run } = this.#name;
    const end = records === undefined ? '' : this.#marks.endOfLine(run, place, records);
    const marks = end + this.#marks.before(run, place);
    if (marks === '') return log;
    appendRecords(log, marks);
    this.#marks.wrote(run, place);
    return { ...log, size: log.size + marks.length };
  }

  #markSilentRun(nowWall: number): void {
    if (this.#marks?.isDue(this.#dir, this.#name.run) !== true) return;
    try {
      const log = openLog(this.#dir, this.settings, MARK_BYTES);
      try {
        this.#mark(log, nowWall);
      } finally {
        closeSync(log.fd);
      }
    } catch {
      // The disk is full; the next run tries again.
    }
  }

  /** Returns the loss if this batch is lost too. */
  #lossWith({ bytes, name }: Batch, nowWall: number, reason: string): Loss {
    const before = this.#loss ?? { lines: 0, bytes: 0, reason, fromWall: nowWall, retryAtWall: nowWall + RETRY_MS };
    const counts = { lines: before.lines + countLines(bytes), bytes: before.bytes + bytes.length };
    return { ...before, ...counts, batch: name };
  }

  #lose(batch: Batch, nowWall: number, reason: string): void {
    const loss = this.#lossWith(batch, nowWall, reason);
    const isNew = this.#loss === null;
    this.#loss = loss;
    this.#onLoss(loss);
    if (isNew) this.#report(loss, null);
  }

  #report({ lines, bytes, reason, fromWall }: LogLoss, toWall: number | null): void {
    this.#onGap({ ...this.#name, lines, bytes, reason, fromWall, toWall });
  }

  #describe({ lines, bytes, reason, fromWall }: LogLoss, toWall: number): string {
    const what = `${String(lines)} ${lines === 1 ? 'line' : 'lines'} (${String(bytes)} bytes)`;
    const verb = lines === 1 ? 'was' : 'were';
    return `[healer] ${what} ${verb} not written: ${reason} (${timeOfDay(fromWall)}–${timeOfDay(toWall)})`;
  }
}

/** In UTC, like the timestamps. */
function timeOfDay(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 19);
}

/** Returns the readable part of Node's "ENOSPC: no space left on device, write". */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
