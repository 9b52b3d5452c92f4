import type { FileHandle } from 'node:fs/promises';
import type { LogLine } from '../../protocol/log-line.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import { ChangeSignal } from './change-signal.ts';
import { parseRecords } from './files/log-format.ts';
import { endOfLines, MAX_TAIL_BYTES, readRangeBefore } from './log-reader.ts';
import { cursorAfter, LOG_BEGINNING, type LogCursor, parseCursor } from './log-cursor.ts';
import { closeAll, openByIdentity, openNewer, openNewest, type TrailFile } from './log-trail.ts';
import { countLines } from './files/record-cut.ts';
import { countPrinted, type LogSelection, needsRuns, RunTracker } from './run-tracker.ts';

const CHUNK_BYTES = 128 * 1024;
const NEWLINE = 0x0a;
/** Longer than a time with its stream, which differ from record to record. */
const MARK_BYTES = 64;

/** Number of files that a slow reader may be behind. They are kept open, so that rotation does not remove them. */
const MAX_FILES_BEHIND = 4;

/** Where to start: with the last lines, or after a cursor. */
export interface LogStart extends LogSelection {
  readonly tail: number;
  /** A cursor from an earlier batch, possibly of an earlier engine. Takes precedence over the tail. */
  readonly after?: string | undefined;
}

export interface LogBatch {
  /** May be empty in the first batch, which then only provides a cursor. */
  readonly lines: readonly LogLine[];
  /** Number of lines missing before these. Lines in removed files cannot be counted; they count as one. */
  readonly skipped: number;
  /** True if the log file was truncated before these lines were written, so that an unknown number may be missing. */
  readonly isTruncated?: boolean;
  /** Returns the cursor after the first `count` lines. */
  readonly cursorAfter: (count: number) => string;
}

/** Receives a batch; resolves once the reader is ready for the next one. */
export type OnBatch = (batch: LogBatch) => Promise<void> | void;

/**
 * Delivers the last lines of a log, or those after a cursor, and then every new line exactly once, across rotations. A
 * reader that falls several files behind receives the number of skipped lines instead. Resolves once the signal aborts, or
 * at the end of the log once `ending` aborts.
 */
export async function followLog(
  dir: string,
  from: LogStart,
  onBatch: OnBatch,
  signal: AbortSignal,
  ending?: AbortSignal,
): Promise<void> {
  const follower = new LogFollower(dir, onBatch, { signal, ending });
  try {
    await follower.run(from);
  } finally {
    await follower.close();
  }
}

/** Lines to deliver, and the positions after them. */
interface Opening {
  readonly lines: readonly LogLine[];
  readonly cursorAfter: LogBatch['cursorAfter'];
}

interface FollowSignals {
  readonly signal: AbortSignal;
  readonly ending: AbortSignal | undefined;
}

class LogFollower {
  readonly #dir: string;
  readonly #onBatch: OnBatch;
  readonly #signal: AbortSignal;
  readonly #ending: AbortSignal | undefined;
  /** Registers new files as they appear, even while the reader is busy with older ones. */
  #signalOfChange: ChangeSignal | null = null;
  /** The file that is being read and those after it, oldest first. */
  readonly #files: TrailFile[] = [];
  #offset = 0;
  /** Number of lines after the offset that the reader already has. */
  #known = 0;
  #skipped = 0;
  #selection: LogSelection = {};
  /** Null if it does not matter which run printed a line. */
  #tracker: RunTracker | null = null;
  /** Whether the file was truncated since the last batch. */
  #wasCut = false;
  /** The last bytes before the offset: they differ once the file was truncated and written again. */
  #mark: Buffer = Buffer.alloc(0);
  #extending: Promise<void> | null = null;

  constructor(dir: string, onBatch: OnBatch, { signal, ending }: FollowSignals) {
    this.#dir = dir;
    this.#onBatch = onBatch;
    this.#signal = signal;
    this.#ending = ending;
    signal.addEventListener('abort', () => this.#signalOfChange?.close(), { once: true });
    ending?.addEventListener('abort', () => this.#signalOfChange?.close(), { once: true });
  }

  async run(from: LogStart): Promise<void> {
    this.#selection = { run: from.run, marks: from.marks };
    const opening = await this.#start(from);
    const change = new ChangeSignal(this.#dir, () => void this.#extend().catch(() => undefined));
    this.#signalOfChange = change;
    await this.#deliver(opening);
    while (!this.#signal.aborted) {
      const isEnding = this.#ending?.aborted === true;
      if (await this.#readOn()) continue;
      const known = this.#files.length;
      await this.#extend();
      if (known < 2 && this.#files.length === known) {
        if (isEnding) return;
        await change.wait();
      } else if (this.#files.length < 2) continue;
      // A newer file exists, so nothing more is written to this one; its remaining lines are read first.
      else if (!(await this.#readOn())) await this.#turnPage();
    }
  }

  async close(): Promise<void> {
    this.#signalOfChange?.close();
    await this.#extending?.catch(() => undefined);
    await closeAll(this.#files.splice(0));
  }

  async #start({ tail, after }: LogStart): Promise<Opening> {
    const cursor = after === undefined ? null : parseCursor(after);
    if (cursor !== null) return this.#resume(cursor);
    const newest = await openNewest(this.#dir);
    if (newest === null) return this.#beginning();
    return this.#beginAt(newest, await endOfLines(newest), tail);
  }

  async #resume(cursor: LogCursor): Promise<Opening> {
    const file = cursor.file === null ? null : await openByIdentity(this.#dir, cursor.file);
    if (file !== null && (await file.handle.stat()).size >= cursor.offset) {
      this.#known = Math.max(0, cursor.lines);
      return this.#beginAt(file, cursor.offset, Math.max(0, -cursor.lines));
    }
    await file?.handle.close();
    // Rotation removes the oldest files first, so all existing lines follow after a gap.
    if (cursor.file !== null) this.#skipped += 1;
    await this.#extend();
    return this.#beginning();
  }

  #beginning(): Opening {
    this.#track(null);
    return { lines: [], cursorAfter: () => cursorAfter(LOG_BEGINNING, 0) };
  }

  #track(run: number | null): void {
    this.#tracker = needsRuns(this.#selection) ? new RunTracker(this.#selection, run) : null;
  }

  async #beginAt(file: TrailFile, offset: number, linesBefore: number): Promise<Opening> {
    this.#files.push(file);
    this.#offset = offset;
    this.#mark = await bytesBefore(file, offset);
    const range = { lines: linesBefore, bytes: MAX_TAIL_BYTES, selection: this.#selection };
    const { records, run } = await readRangeBefore(this.#dir, file, offset, range);
    this.#track(run);
    const lines = records.map(({ line }) => line);
    const at = { file: file.identity, offset, lines: this.#known };
    return { lines, cursorAfter: (count) => cursorAfter(at, -countPrinted(lines.slice(count))) };
  }

  /** Delivers the next complete lines. Returns false if there are none. */
  async #readOn(): Promise<boolean> {
    const file = this.#files[0];
    if (file === undefined) return false;
    const bytes = await this.#readLines(file);
    if (bytes.length === 0) return false;
    const lines = parseRecords(bytes);
    const known = Math.min(this.#known, lines.length);
    const at = { file: file.identity, offset: this.#offset, lines: 0 };
    this.#known -= known;
    this.#offset += bytes.length;
    const selected = this.#select(lines, known, at);
    if (selected.lines.length > 0 || this.#skipped > 0) await this.#deliver(selected);
    return true;
  }

  /** Selects from records, without the first `known` ones. */
  #select(records: readonly LogLine[], known: number, at: LogCursor): Opening {
    const lines: LogLine[] = [];
    const indexes: number[] = [];
    for (const [index, record] of records.entries()) {
      const line = this.#selected(record);
      if (line === null || index < known) continue;
      lines.push(line);
      indexes.push(index);
    }
    return { lines, cursorAfter: (count) => cursorAfter(at, indexes[count] ?? records.length) };
  }

  #selected(line: LogLine): LogLine | null {
    if (this.#tracker !== null) return this.#tracker.next(line);
    return line.mark === undefined ? line : null;
  }

  async #readLines(file: TrailFile): Promise<Buffer> {
    const { handle } = file;
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, this.#offset);
    const end = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
    // Longer than any record: delivered in pieces.
    const read = chunk.subarray(0, end === 0 && bytesRead === CHUNK_BYTES ? CHUNK_BYTES : end);
    if (!(await this.#wasTruncated(handle, bytesRead > 0))) {
      this.#mark = Buffer.from(Buffer.concat([this.#mark, read.subarray(-MARK_BYTES)]).subarray(-MARK_BYTES));
      return read;
    }
    this.#offset = 0;
    this.#known = 0;
    this.#mark = Buffer.alloc(0);
    this.#wasCut = true;
    return (await handle.stat()).size === 0 ? chunk.subarray(0, 0) : this.#readLines(file);
  }

  /** Returns whether the file is shorter than what was read of it, or was written again from its beginning. */
  async #wasTruncated(handle: FileHandle, hasMore: boolean): Promise<boolean> {
    if (this.#offset === 0) return false;
    if (!hasMore) return (await handle.stat()).size < this.#offset;
    if (this.#mark.length === 0) return false;
    const found = Buffer.allocUnsafe(this.#mark.length);
    const { bytesRead } = await handle.read(found, 0, found.length, this.#offset - found.length);
    return bytesRead < found.length || !found.equals(this.#mark);
  }

  async #deliver({ lines, cursorAfter }: Opening): Promise<void> {
    for (let start = 0; start === 0 || start < lines.length; start += WIRE_LIMITS.batchItems) {
      if (this.#signal.aborted) return;
      const skipped = this.#skipped;
      const isTruncated = this.#wasCut;
      this.#skipped = 0;
      this.#wasCut = false;
      const page = lines.slice(start, start + WIRE_LIMITS.batchItems);
      await this.#onBatch({
        ...{ lines: page, skipped },
        ...(isTruncated ? { isTruncated } : {}),
        cursorAfter: (count) => cursorAfter(start + count),
      });
    }
  }

  async #turnPage(): Promise<void> {
    const read = this.#files.shift();
    this.#offset = 0;
    this.#known = 0;
    this.#mark = Buffer.alloc(0);
    await read?.handle.close();
  }

  /** Registers new files, one search at a time. */
  #extend(): Promise<void> {
    this.#extending ??= this.#findNewer().finally(() => (this.#extending = null));
    return this.#extending;
  }

  async #findNewer(): Promise<void> {
    // Without a file so far, the program had not written anything at the start, so all files are new.
    const { files, isComplete } = await openNewer(this.#dir, this.#files.at(-1));
    this.#files.push(...files);
    // The number of lines in removed files is unknown; at least one is missing.
    if (!isComplete) this.#skipped += 1;
    while (this.#files.length > MAX_FILES_BEHIND) await this.#skipFile();
  }

  /** Skips the oldest file that is not being read yet. */
  async #skipFile(): Promise<void> {
    const [file] = this.#files.splice(1, 1);
    if (file === undefined) return;
    this.#skipped += await countLinesOf(file);
    await file.handle.close();
  }
}

async function bytesBefore({ handle }: TrailFile, offset: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(MARK_BYTES, offset));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset - bytes.length);
  return bytes.subarray(0, bytesRead);
}

async function countLinesOf({ handle }: TrailFile): Promise<number> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let lines = 0;
  for (let position = 0; ;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return lines;
    const bytes = chunk.subarray(0, bytesRead);
    lines += countLines(bytes) - (bytes.at(-1) === NEWLINE ? 0 : 1);
    position += bytesRead;
  }
}
