import { isUtf8 } from 'node:buffer';
import type { LogLine } from '../../../protocol/log-line.ts';
import { isLongerThanOneRecord, recordLengthAt } from './record-cut.ts';
import type { OutputStream } from './log-transport.ts';
import { prefixLinesFast } from './prefix-lines.ts';
import { parseMark } from './run-mark.ts';

/** The prefixes of records: full ones, and partial ones whose line continues in the next record of the stream. */
export interface RecordHeads {
  readonly full: string;
  readonly partial: string;
}

/** Returns the prefixes in the CRI format of Kubernetes, e.g. `2026-11-21T09:34:10.123Z stdout F `; without a time if it is null. */
export function recordHeads(stream: OutputStream, timeMs: number | null): RecordHeads {
  const origin = timeMs === null ? stream : `${new Date(timeMs).toISOString()} ${stream}`;
  return { full: `${origin} F `, partial: `${origin} P ` };
}

const NEWLINE = 0x0a;

/**
 * Formats raw output as records, in a string with one character per byte: a single `replaceAll` over it is more than twice
 * as fast as copying line by line (416 versus 175 MB/s). `tail` says whether an unterminated last line ends there or
 * continues.
 */
export function formatRecords(bytes: Buffer, heads: RecordHeads, tail: 'ends' | 'goes-on'): string {
  const isTerminated = bytes.at(-1) === NEWLINE;
  const text = bytes.toString('latin1', 0, isTerminated ? bytes.length - 1 : bytes.length);
  const isWhole = isTerminated || tail === 'ends';
  if (isWhole && !isLongerThanOneRecord(bytes)) return `${heads.full}${text.replaceAll('\n', `\n${heads.full}`)}\n`;
  return formatLong(bytes, heads, isWhole);
}

/**
 * Like `formatRecords`, but returns the bytes of a large batch of complete lines, which is up to twenty times as fast. They are
 * valid until the next call.
 */
export function formatBatch(bytes: Buffer, heads: RecordHeads, tail: 'ends' | 'goes-on'): Buffer | string {
  if (isLongerThanOneRecord(bytes)) return formatRecords(bytes, heads, tail);
  return prefixLinesFast(bytes, heads.full) ?? formatRecords(bytes, heads, tail);
}

function formatLong(bytes: Buffer, heads: RecordHeads, isWhole: boolean): string {
  let records = '';
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    for (let length = recordLengthAt(bytes, start, end); start + length < end;) {
      records += `${heads.partial}${bytes.toString('latin1', start, start + length)}\n`;
      start += length;
      length = recordLengthAt(bytes, start, end);
    }
    const head = newline !== -1 || isWhole ? heads.full : heads.partial;
    records += `${head}${bytes.toString('latin1', start, end)}\n`;
    start = end + 1;
  }
  return records;
}

const STREAMS: readonly OutputStream[] = ['stdout', 'stderr'];
/** The maximum length of a timestamp; a longer first word is not a timestamp. */
const MAX_TIME_LENGTH = 40;

/** The heading of a record that its line continues after. */
const PARTIAL = /^(?:\S{1,40} )?std(?:out|err) P /;
const HEADING_BYTES = 56;

/** Returns whether a record is not the last one of its line. */
export function isPartialRecord(record: Buffer): boolean {
  return PARTIAL.test(record.toString('latin1', 0, HEADING_BYTES));
}

/** Parses a record without its newline, and keeps bytes that are not UTF-8. */
export function parseRecordBytes(record: Buffer): LogLine {
  const line = parseRecord(record.toString('utf8'));
  if (isUtf8(record)) return line;
  // The heading is ASCII, so the text begins at the same index of the bytes.
  const start = parseRecord(record.toString('latin1')).text.length;
  return { ...line, base64: record.subarray(record.length - start).toString('base64') };
}

/** Parses records, each with its newline. */
export function parseRecords(bytes: Buffer): LogLine[] {
  const isTerminated = bytes.at(-1) === NEWLINE;
  const end = isTerminated ? bytes.length - 1 : bytes.length;
  if (isUtf8(bytes)) return bytes.toString('utf8', 0, end).split('\n').map(parseRecord);
  const lines: LogLine[] = [];
  for (let start = 0; start <= end;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const next = newline === -1 || newline > end ? end : newline;
    lines.push(parseRecordBytes(bytes.subarray(start, next)));
    start = next + 1;
  }
  return lines;
}

/** Parses a record without its newline. A line in another format becomes text of stdout. */
export function parseRecord(record: string): LogLine {
  const space = record.indexOf(' ');
  if (space > 0 && space <= MAX_TIME_LENGTH) {
    const untimed = parseUntimed(record, 0, null);
    if (untimed !== null) return untimed;
    const timed = parseUntimed(record, space + 1, record.slice(0, space));
    if (timed !== null && !Number.isNaN(Date.parse(record.slice(0, space)))) return timed;
  }
  return { time: null, stream: 'stdout', text: record, partial: false };
}

function parseUntimed(record: string, at: number, time: string | null): LogLine | null {
  const stream = STREAMS.find((name) => record.startsWith(name, at));
  if (stream === undefined) return parseMark(record, at, time);
  const flagAt = at + stream.length + 1;
  const flag = record[flagAt];
  if (record[flagAt - 1] !== ' ' || record[flagAt + 1] !== ' ' || (flag !== 'F' && flag !== 'P')) return null;
  return { time, stream, text: record.slice(flagAt + 2), partial: flag === 'P' };
}
