import { closeSync } from 'node:fs';
import type { RunRef } from '../../../protocol/run.ts';
import type { LogGap, LogSettings, OutputStream } from './log-transport.ts';
import { appendRecords, BYTES_PER_MB, openLog, type OpenLog } from './log-file.ts';
import { formatRecords, recordHeads } from './log-format.ts';
import { countLines } from './record-cut.ts';

/** How often writing is retried while the disk is full. */
const RETRY_MS = 1_000;

/** Maximum length of the prefix of a record. */
const HEAD_BYTES = 40;
/** Growth of empty lines, which become a prefix and a newline. */
const MOST_GROWTH = HEAD_BYTES + 1;
const NEWLINE = 0x0a;

/** Output of one run to be written. `tail` says whether an unterminated last line ends there or continues. */
export interface Batch {
  readonly stream: OutputStream;
  readonly bytes: Buffer;
  readonly tail: 'ends' | 'goes-on';
}

/** Takes a batch out of its pipe once its place in the log is known; null if it will not be written. */
export type TakeBatch = (log: OpenLog | null) => void;

interface Loss {
  lines: number;
  bytes: number;
  readonly reason: string;
  readonly fromWall: number;
  retryAtWall: number;
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
  #loss: Loss | null = null;

  constructor(name: RunRef, dir: string, settings: LogSettings, onGap: (gap: LogGap) => void) {
    this.#name = { id: name.id, run: name.run };
    this.#dir = dir;
    this.settings = settings;
    this.#onGap = onGap;
  }

  get isLosing(): boolean {
    return this.#loss !== null;
  }

  /** Returns as many of these lines as fit into one file. */
  fit(bytes: Buffer): Buffer {
    const maxBytes = this.settings.maxSizeMb * BYTES_PER_MB;
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
      take(null);
      this.#lose(batch, nowWall, this.#loss?.reason ?? '');
      return;
    }
    const records = this.#format(batch, nowWall);
    let log: OpenLog | null = null;
    try {
      log = openLog(this.#dir, this.settings, records.length);
      take(log);
      appendRecords(log, records);
    } catch (error) {
      if (log === null) take(null);
      this.#lose(batch, nowWall, reasonOf(error));
    } finally {
      if (log !== null) closeSync(log.fd);
    }
  }

  /** Retries after a loss if it is time, and starts with a line about the loss. Returns true if nothing is being lost. */
  retry(nowWall: number): boolean {
    const loss = this.#loss;
    if (loss === null) return true;
    if (nowWall < loss.retryAtWall && loss.retryAtWall - nowWall <= RETRY_MS) return false;
    loss.retryAtWall = nowWall + RETRY_MS;
    try {
      this.#append(this.#describe(loss, nowWall), nowWall);
    } catch {
      return false;
    }
    this.#loss = null;
    this.#report(loss, nowWall);
    return true;
  }

  /** Makes a last attempt to write how many lines are missing, since the run has exited. */
  close(nowWall: number): void {
    const loss = this.#loss;
    if (loss === null) return;
    loss.retryAtWall = nowWall;
    if (this.retry(nowWall)) return;
    this.#loss = null;
    this.#report(loss, nowWall);
  }

  #format({ stream, bytes, tail }: Batch, nowWall: number): string {
    return formatRecords(bytes, recordHeads(stream, this.settings.timestamps ? nowWall : null), tail);
  }

  #append(text: string, nowWall: number): void {
    const records = this.#format({ stream: 'stderr', bytes: Buffer.from(text), tail: 'ends' }, nowWall);
    const log = openLog(this.#dir, this.settings, records.length);
    try {
      appendRecords(log, records);
    } finally {
      closeSync(log.fd);
    }
  }

  #lose({ bytes }: Batch, nowWall: number, reason: string): void {
    const isNew = this.#loss === null;
    this.#loss ??= { lines: 0, bytes: 0, reason, fromWall: nowWall, retryAtWall: nowWall + RETRY_MS };
    this.#loss.lines += countLines(bytes);
    this.#loss.bytes += bytes.length;
    if (isNew) this.#report(this.#loss, null);
  }

  #report({ lines, bytes, reason, fromWall }: Loss, toWall: number | null): void {
    this.#onGap({ ...this.#name, lines, bytes, reason, fromWall, toWall });
  }

  #describe({ lines, bytes, reason, fromWall }: Loss, toWall: number): string {
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
