import type { FileHandle } from 'node:fs/promises';
import type { LogLine } from '../../protocol/log-line.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import { ChangeSignal } from './change-signal.ts';
import { parseRecords } from './files/log-format.ts';
import { endOfLines, readTailBefore } from './log-reader.ts';
import { cursorAfter, LOG_BEGINNING, type LogCursor, parseCursor } from './log-cursor.ts';
import { closeAll, openByIdentity, openLogFile, openNewer, type TrailFile } from './log-trail.ts';
import { countLines } from './files/record-cut.ts';

const CHUNK_BYTES = 128 * 1024;
const NEWLINE = 0x0a;
/** Longer than a time with its stream, which differ from record to record. */
const MARK_BYTES = 64;

/** Number of files that a slow reader may be behind. They are kept open, so that rotation does not remove them. */
const MAX_FILES_BEHIND = 4;

/** Where to start: with the last lines, or after a cursor. */
export interface LogStart {
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

/** The first lines, and the position of the first one. */
interface Opening {
  readonly lines: readonly LogLine[];
  readonly at: LogCursor;
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
    const { lines, at } = await this.#start(from);
    const change = new ChangeSignal(this.#dir, () => void this.#extend().catch(() => undefined));
    this.#signalOfChange = change;
    await this.#deliver(lines, at);
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
    const current = await openLogFile(this.#dir, 0);
    if (current === null) return { lines: [], at: LOG_BEGINNING };
    return this.#beginAt(current, await endOfLines(current), tail);
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
    return { lines: [], at: LOG_BEGINNING };
  }

  async #beginAt(file: TrailFile, offset: number, linesBefore: number): Promise<Opening> {
    this.#files.push(file);
    this.#offset = offset;
    this.#mark = await bytesBefore(file, offset);
    const lines = await readTailBefore(this.#dir, file, offset, linesBefore);
    return { lines, at: { file: file.identity, offset, lines: this.#known - lines.length } };
  }

  /** Delivers the next complete lines. Returns false if there are none. */
  async #readOn(): Promise<boolean> {
    const file = this.#files[0];
    if (file === undefined) return false;
    const bytes = await this.#readLines(file);
    if (bytes.length === 0) return false;
    const lines = parseRecords(bytes);
    const known = Math.min(this.#known, lines.length);
    const at = { file: file.identity, offset: this.#offset, lines: known };
    this.#known -= known;
    this.#offset += bytes.length;
    if (known < lines.length) await this.#deliver(lines.slice(known), at);
    return true;
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

  async #deliver(lines: readonly LogLine[], at: LogCursor): Promise<void> {
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
        cursorAfter: (count) => cursorAfter(at, start + count),
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
