import { closeSync } from 'node:fs';
import type { RunRef } from '../../../protocol/run.ts';
import type { LogGap, LogSettings, OutputStream } from './log-transport.ts';
import { appendRecords, BYTES_PER_MB, openLog, type OpenLog } from './log-file.ts';
import { formatRecords, recordHeads } from './log-format.ts';
import { countLines } from './record-cut.ts';

/** While the disk takes nothing, how often it is asked again. */
const RETRY_MS = 1_000;

/** At most, of what stands before the text of a record. */
const HEAD_BYTES = 40;
/** Of empty lines. */
const MOST_GROWTH = HEAD_BYTES + 1;
const NEWLINE = 0x0a;

/** Output of one run on its way into the log. `tail` tells what a last line without its end is. */
export interface Batch {
  readonly stream: OutputStream;
  readonly bytes: Buffer;
  readonly tail: 'ends' | 'goes-on';
}

/** Makes a batch the writer's own, once its place in the log is known; null when it will not be written at all. */
export type TakeBatch = (log: OpenLog | null) => void;

interface Loss {
  lines: number;
  bytes: number;
  readonly reason: string;
  readonly fromWall: number;
  retryAtWall: number;
}

/**
 * Writes what a run puts out. A disk that refuses stops nobody: what it does not take is counted, and when it takes
 * again, a line in the log says how much is missing there.
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

  /** As many of these lines as one file may hold. */
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
    if (!this.mend(nowWall)) {
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

  /** Tries, when it is time, to write again after a loss, beginning with the news of it; true when all is well. */
  mend(nowWall: number): boolean {
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
    this.#tell(loss, nowWall);
    return true;
  }

  /** The run is over: a last attempt to say what is missing. */
  close(nowWall: number): void {
    const loss = this.#loss;
    if (loss === null) return;
    loss.retryAtWall = nowWall;
    if (this.mend(nowWall)) return;
    this.#loss = null;
    this.#tell(loss, nowWall);
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
    if (isNew) this.#tell(this.#loss, null);
  }

  #tell({ lines, bytes, reason, fromWall }: Loss, toWall: number | null): void {
    this.#onGap({ ...this.#name, lines, bytes, reason, fromWall, toWall });
  }

  #describe({ lines, bytes, reason, fromWall }: Loss, toWall: number): string {
    const what = `${String(lines)} ${lines === 1 ? 'line' : 'lines'} (${String(bytes)} bytes)`;
    const verb = lines === 1 ? 'was' : 'were';
    return `[healer] ${what} ${verb} not written: ${reason} (${timeOfDay(fromWall)}–${timeOfDay(toWall)})`;
  }
}

/** Of the same clock as the time stamps: UTC. */
function timeOfDay(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(11, 19);
}

/** Node says "ENOSPC: no space left on device, write": the middle is for people. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
