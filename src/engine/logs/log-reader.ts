import type { LogLine } from '../../protocol/log-line.ts';
import { parseRecordBytes } from './files/log-format.ts';
import { collectorOf, type ReadBounds, type RecordCollector } from './record-collectors.ts';
import { type LogSelection, RunTracker } from './run-tracker.ts';
import { openNewest, openOlder, type TrailFile } from './log-trail.ts';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
/** Longer than any record: text of another origin is returned in pieces. */
const LONGEST_RECORD = 256 * 1024;

/** The maximum size of a tail, regardless of the number of lines requested. */
export const MAX_TAIL_BYTES = 16 * 1024 * 1024;

/** A record with the position where it begins. */
export interface PlacedRecord {
  readonly line: LogLine;
  readonly bytes: number;
  readonly file: string;
  readonly offset: number;
}

/** Records of a log, oldest first. */
interface RecordRange {
  readonly records: readonly PlacedRecord[];
  /** Whether there are records before the first one. */
  readonly hasOlder: boolean;
  /** The run that printed the newest record; null if unknown or not requested. */
  readonly run: number | null;
  /** False if the log has no trace of the selected run. */
  readonly isFound: boolean;
}

/** Reads the last `count` lines of a log, oldest first, from as many rotated files as necessary. */
export async function readTail(dir: string, count: number): Promise<LogLine[]> {
  const newest = await openNewest(dir);
  if (newest === null) return [];
  try {
    return await readTailBefore(dir, newest, (await newest.handle.stat()).size, count);
  } finally {
    await newest.handle.close();
  }
}

/** Reads the `count` lines before the byte `end` of a file, continuing in older files. */
async function readTailBefore(dir: string, file: TrailFile, end: number, count: number): Promise<LogLine[]> {
  const { records } = await readRangeBefore(dir, file, end, { lines: count, bytes: MAX_TAIL_BYTES });
  return records.map(({ line }) => line);
}

/** Reads the last selected records before the byte `end` of a file, continuing in older files. */
export async function readRangeBefore(
  dir: string,
  file: TrailFile,
  end: number,
  { selection = {}, ...bounds }: ReadBounds & { readonly selection?: LogSelection },
): Promise<RecordRange> {
  const collector = collectorOf(bounds, selection);
  await readBackwards(file, end, collector);
  let older = collector.isFull ? null : await openOlder(dir, file);
  while (older !== null) {
    const opened = older;
    try {
      await readBackwards(opened, (await opened.handle.stat()).size, collector);
      older = collector.isFull ? null : await openOlder(dir, opened);
    } finally {
      await opened.handle.close();
    }
  }
  const { hasOlder, newestRun: run, isFound } = collector;
  return { records: placedRecords(collector, selection), hasOlder, run, isFound };
}

function placedRecords({ newestFirst, oldestRun }: RecordCollector, selection: LogSelection): PlacedRecord[] {
  const tracker = new RunTracker(selection, selection.run === undefined ? oldestRun : null);
  return [...newestFirst].reverse().flatMap(({ record, file, offset }) => {
    const parsed = parseRecordBytes(record);
    // The records of a run begin with its mark, unless that is beyond the bounds.
    if (parsed.mark === undefined && selection.run !== undefined) tracker.assume(selection.run);
    const line = tracker.next(parsed);
    return line === null ? [] : [{ line, bytes: record.length, file, offset }];
  });
}

/** Returns the position after the last newline of a file: a record that is being written may follow it. */
export async function endOfLines({ handle }: TrailFile): Promise<number> {
  const { size } = await handle.stat();
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES * 2, size));
  const { bytesRead } = await handle.read(chunk, 0, chunk.length, size - chunk.length);
  const end = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1;
  return end === 0 ? size : size - chunk.length + end;
}

/** Returns the position after `count` more lines of a file, or its end. */
export async function skipLines({ handle }: TrailFile, offset: number, count: number): Promise<number> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let left = count;
  for (let start = offset; ;) {
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, start);
    if (bytesRead === 0) return start;
    const bytes = chunk.subarray(0, bytesRead);
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) {
      left -= 1;
      if (left === 0) return start + at + 1;
    }
    start += bytesRead;
  }
}

/** Reads the records before the byte `end` of a file, newest first, until the collector is full. */
async function readBackwards({ handle, identity }: TrailFile, end: number, collector: RecordCollector): Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let start = end;
  while (start > 0 && !collector.isFull) {
    const length = Math.min(CHUNK_BYTES, start);
    start -= length;
    const chunk = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(chunk, 0, length, start);
    const isEnd = start + length === end && chunk[bytesRead - 1] === NEWLINE;
    rest = Buffer.concat([chunk.subarray(0, isEnd ? bytesRead - 1 : bytesRead), rest]);
    rest = splitBackwards(rest, identity, start, collector);
    if (rest.length <= LONGEST_RECORD && (start > 0 || rest.length === 0)) continue;
    collector.take({ record: rest, file: identity, offset: start });
    rest = rest.subarray(0, 0);
  }
}

/** Splits whole records off the end. Returns the bytes before the first newline, whose record may begin in an earlier chunk. */
function splitBackwards(bytes: Buffer, file: string, offset: number, collector: RecordCollector): Buffer {
  let end = bytes.length;
  while (!collector.isFull && end > 0) {
    const newline = bytes.lastIndexOf(NEWLINE, end - 1);
    if (newline === -1) break;
    collector.take({ record: bytes.subarray(newline + 1, end), file, offset: offset + newline + 1 });
    end = newline;
  }
  return bytes.subarray(0, end);
}
