import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureFolder, PRIVATE_FILE } from '../../../base/atomic-file.ts';
import { isSameFile } from '../../../base/is-same-file.ts';
import { runKey, type RunRef } from '../../../protocol/run.ts';
import type { LogGap, LogSettings } from '../files/log-transport.ts';
import type { RunMarks } from '../files/run-marks.ts';
import { LogWriter } from '../files/log-writer.ts';
import type { LogLoss } from '../files/log-writer.ts';

/** Reserved, so that the file can be overwritten in place on a full disk. Holds the losses of about 300 runs. */
const RESERVED_BYTES = 64 * 1024;

/** Lines of a run that could not be written, and where its log is. */
export interface KeptLoss extends RunRef, LogLoss {
  readonly logDir: string;
  readonly log: LogSettings;
}

/** An unknown number of lines of a run is missing, and its log does not state that yet. */
export type UnknownLoss = Omit<KeptLoss, 'lines' | 'bytes' | 'batch'>;

/** Where to write what is missing, and how. */
interface RetryOptions {
  readonly marks: RunMarks | null;
  /** This log only. */
  readonly logDir?: string;
}

/**
 * The lines that a full disk refused and that no log accounts for yet. The counts are on disk, because the log collector
 * may be killed before it can write them into the logs.
 */
export class LossFile {
  #path: string;
  readonly #losses = new Map<string, KeptLoss>();
  readonly #unknown = new Map<string, UnknownLoss>();
  /** Runs whose writer is in use and writes the line about its loss itself. */
  readonly #inUse = new Set<string>();
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
    for (const loss of readLosses(path)) {
      if (isCounted(loss)) this.#losses.set(runKey(loss), loss);
      else this.#unknown.set(runKey(loss), loss);
    }
    this.#open();
  }

  /** Whether a log lacks the line about a loss, and no writer in use takes care of it. */
  get hasPending(): boolean {
    return this.#losses.size > this.#inUse.size || this.#unknown.size > 0;
  }

  /** Returns whether a batch is part of a loss. */
  isCounted(batch: string | undefined): boolean {
    return batch !== undefined && [...this.#losses.values()].some((loss) => loss.batch === batch);
  }

  /** Returns the loss of a run, whose writer continues to count. */
  take(run: RunRef): KeptLoss | null {
    const loss = this.#losses.get(runKey(run)) ?? null;
    if (loss !== null) this.#inUse.add(runKey(run));
    return loss;
  }

  /** Leaves a loss to `retry`, since the writer of the run is closed. */
  release(run: RunRef): void {
    this.#inUse.delete(runKey(run));
  }

  /** Stores the loss of a run whose writer is in use. */
  put(loss: KeptLoss): void {
    this.#losses.set(runKey(loss), loss);
    this.#inUse.add(runKey(loss));
    this.#save();
  }

  /** Stores a loss that no writer counts. */
  add(loss: KeptLoss): void {
    const known = this.#losses.get(runKey(loss));
    const total = { lines: loss.lines + (known?.lines ?? 0), bytes: loss.bytes + (known?.bytes ?? 0) };
    this.#losses.set(runKey(loss), { ...loss, ...total, fromWall: known?.fromWall ?? loss.fromWall });
    this.#save();
  }

  /** Stores that an unknown number of lines is missing, until `removeUnknown` or `retry`. */
  addUnknown({ id, run, reason, fromWall, logDir, log }: UnknownLoss): void {
    this.#unknown.set(runKey({ id, run }), { id, run, reason, fromWall, logDir, log });
    this.#save();
  }

  removeUnknown(run: RunRef): void {
    if (this.#unknown.delete(runKey(run))) this.#save();
  }

  remove(run: RunRef): void {
    this.#inUse.delete(runKey(run));
    if (this.#losses.delete(runKey(run))) this.#save();
  }

  /** Tries to write the lines about losses whose writers are gone. */
  retry(nowWall: number, onGap: (gap: LogGap) => void, marks: RunMarks | null = null): void {
    this.retryUnknown(nowWall, onGap, { marks });
    for (const loss of [...this.#losses.values()]) {
      if (this.#inUse.has(runKey(loss))) continue;
      const writer = new LogWriter(loss, loss.logDir, loss.log, onGap, { marks });
      writer.resume({ ...loss, retryAtWall: nowWall });
      if (writer.retry(nowWall)) this.remove(loss);
    }
  }

  /** Tries to write that an unknown number of lines is missing, in this log or in all. */
  retryUnknown(nowWall: number, onGap: (gap: LogGap) => void, { marks, logDir }: RetryOptions): void {
    for (const loss of [...this.#unknown.values()]) {
      if (logDir !== undefined && loss.logDir !== logDir) continue;
      const writer = new LogWriter(loss, loss.logDir, loss.log, onGap, { marks });
      if (writer.noteUnknownLoss(loss.reason, { fromWall: loss.fromWall, nowWall })) this.removeUnknown(loss);
    }
  }

  /**
   * Continues at this path, where the next log collector looks for the file, if it is not there already. Call it as soon
   * as a folder is removed, not at the next loss: the reserve is gone with the folder, and the disk may be full by then.
   */
  moveTo(path: string): void {
    this.#path = path;
    if (this.#fd === null || !isSameFile(this.#fd, path)) this.#open();
  }

  /** Removes the file unless it contains a loss. */
  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    if (this.#losses.size + this.#unknown.size === 0) rmSync(this.#path, { force: true });
  }

  #open(): void {
    try {
      ensureFolder(dirname(this.#path));
      const fd = openSync(this.#path, constants.O_RDWR | constants.O_CREAT, PRIVATE_FILE);
      if (this.#fd !== null) closeSync(this.#fd);
      this.#fd = fd;
      writeSync(fd, this.#text().padEnd(RESERVED_BYTES), 0);
    } catch {
      // The counts are then only in memory.
    }
  }

  #save(): void {
    if (this.#fd === null || !isSameFile(this.#fd, this.#path)) this.#open();
    if (this.#fd === null) return;
    try {
      writeSync(this.#fd, this.#text(), 0);
    } catch {
      closeSync(this.#fd);
      this.#fd = null;
    }
  }

  /** One line of JSON; the rest of the file is filler. */
  #text(): string {
    const unknown = [...this.#unknown.values()].map((loss) => ({ ...loss, lines: null, bytes: null }));
    return `${JSON.stringify([...this.#losses.values(), ...unknown])}\n`;
  }
}

type StoredLoss = KeptLoss | (UnknownLoss & { readonly lines: null });

function isCounted(loss: StoredLoss): loss is KeptLoss {
  return loss.lines !== null;
}

function readLosses(path: string): readonly StoredLoss[] {
  try {
    const [line = '[]'] = readFileSync(path, 'utf8').split('\n');
    return (JSON.parse(line) as StoredLoss[]).filter(
      ({ id, run, lines }) => typeof id === 'string' && run + (lines ?? 0) > 0,
    );
  } catch {
    return [];
  }
}
