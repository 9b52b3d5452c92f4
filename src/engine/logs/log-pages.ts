import type { LogLine } from '../../protocol/log-line.ts';
import { HealerError } from '../../protocol/errors.ts';
import { lineBytes } from '../core/line-bytes.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import { formatCursor, LOG_BEGINNING, type LogCursor, parseCursor } from './log-cursor.ts';
import { followLog } from './log-follower.ts';
import { endOfLines, type PlacedRecord, readRangeBefore, skipLines } from './log-reader.ts';
import type { LogSelection } from './run-tracker.ts';
import { openByIdentity, openNewest, type TrailFile } from './log-trail.ts';

/** The lines of a log that are requested: the last `tail` ones, those before a cursor, or the first `tail` after one. */
export interface LogPage extends LogSelection {
  readonly tail: number;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
}

/** Leaves room for the envelope of the message. */
const PAGE_BYTES = WIRE_LIMITS.messageBytes - 1000;
/** Files hold more bytes than the message: each record has a heading. */
const READ_BYTES = 2 * WIRE_LIMITS.messageBytes;

/**
 * Reads lines of a log, as many as fit in one message; see LogLine for the cursors in the first and the last line.
 * @throws HealerError MISSED if the log has no trace of the selected run
 */
export async function readLogPage(dir: string, page: LogPage): Promise<readonly LogLine[]> {
  const { tail, before, after, run, marks } = page;
  const selection = { run, marks };
  if (tail === 0) return [];
  if (after !== undefined) return readAfter(dir, { tail, after, ...selection });
  const cursor = before === undefined ? null : parseCursor(before);
  const file = cursor === null ? await openNewest(dir) : await openAt(dir, cursor);
  if (file === null) return [];
  try {
    const end = cursor === null ? await endOfLines(file) : await positionOf(file, cursor);
    return await readBefore(dir, file, end, { known: Math.max(0, -(cursor?.lines ?? 0)), wanted: tail, selection });
  } finally {
    await file.handle.close();
  }
}

/** Returns the byte that a cursor stands for, unless it counts lines backwards. */
async function positionOf(file: TrailFile, { offset, lines }: LogCursor): Promise<number> {
  const { size } = await file.handle.stat();
  const start = Math.min(offset, size);
  return lines <= 0 ? start : skipLines(file, start, lines);
}

async function openAt(dir: string, { file }: LogCursor): Promise<TrailFile | null> {
  return file === null ? null : openByIdentity(dir, file);
}

interface Wanted {
  readonly known: number;
  readonly wanted: number;
  readonly selection: LogSelection;
}

/** `known` is the number of lines directly before `end` that the reader already has. */
async function readBefore(
  dir: string,
  file: TrailFile,
  end: number,
  { known, wanted, selection }: Wanted,
): Promise<readonly LogLine[]> {
  const bounds = { lines: known + wanted, bytes: READ_BYTES, selection };
  const { records, hasOlder, isFound } = await readRangeBefore(dir, file, end, bounds);
  if (!isFound) throw new HealerError('MISSED', `the log has no output of run ${String(selection.run)}`);
  const asked = records.slice(0, Math.max(0, records.length - known));
  const start = firstThatFits(asked);
  const after = formatCursor({ file: file.identity, offset: end, lines: 0 });
  const older = hasOlder || start > 0 ? cursorOf(asked[start]) : undefined;
  const lines = asked.slice(start).map(({ line }) => line);
  return withCursors(lines, older, after);
}

function cursorOf(record: PlacedRecord | undefined): string | undefined {
  return record === undefined ? undefined : formatCursor({ file: record.file, offset: record.offset, lines: 0 });
}

function firstThatFits(records: readonly PlacedRecord[]): number {
  let bytes = 0;
  for (let start = records.length; start > 0; start -= 1) {
    const record = records[start - 1];
    bytes += record === undefined ? 0 : lineBytes(record.line);
    if (bytes > PAGE_BYTES) return start;
  }
  return 0;
}

/** Reads to the end of the log, or until the page is full. */
async function readAfter(
  dir: string,
  { tail: count, after, ...selection }: LogPage & { readonly after: string },
): Promise<readonly LogLine[]> {
  const lines: LogLine[] = [];
  let bytes = 0;
  let cursor = formatCursor(parseCursor(after) ?? LOG_BEGINNING);
  const full = new AbortController();
  const take = (line: LogLine): boolean => {
    bytes += lineBytes(line);
    if (lines.length === count || bytes > PAGE_BYTES) full.abort();
    else lines.push(line);
    return !full.signal.aborted;
  };
  await followLog(
    dir,
    { tail: 0, after, ...selection },
    (batch) => {
      const taken = batch.lines.findIndex((line) => !take(line));
      cursor = batch.cursorAfter(taken === -1 ? batch.lines.length : taken);
    },
    full.signal,
    AbortSignal.abort(),
  );
  return withCursors(lines, undefined, cursor);
}

function withCursors(lines: readonly LogLine[], before: string | undefined, after: string): readonly LogLine[] {
  return lines.map((line, index) => ({
    ...line,
    ...(index === 0 && before !== undefined ? { before } : {}),
    ...(index === lines.length - 1 ? { after } : {}),
  }));
}
