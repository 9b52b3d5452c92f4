import { WIRE_LIMITS } from '../../../protocol/limits.ts';

const NEWLINE = 0x0a;
const MAX_BYTES = WIRE_LIMITS.logLineBytes;
/** Bytes that go on a UTF-8 character; no character has more than three of them. */
const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;
const MAX_CONTINUATIONS = 3;

/** How much of the line at `start` the next record takes: all of it, or as many whole characters as fit. */
export function recordLengthAt(bytes: Buffer, start: number, end: number): number {
  if (end - start <= MAX_BYTES) return end - start;
  return wholeCharacters(bytes, start, start + MAX_BYTES) - start;
}

/** The last place up to `end` where no UTF-8 character is cut in two; `end` itself when it is not text. */
export function wholeCharacters(bytes: Buffer, start: number, end: number): number {
  for (let cut = end; cut > start && end - cut <= MAX_CONTINUATIONS; cut--) {
    if (((bytes[cut] ?? 0) & CONTINUATION_MASK) !== CONTINUATION) return cut;
  }
  return end;
}

/** Steps from newline to newline in strides of a record, so that a usual batch takes a few steps. */
export function isLongerThanOneRecord(bytes: Buffer): boolean {
  for (let start = 0; bytes.length - start > MAX_BYTES;) {
    const newline = bytes.lastIndexOf(NEWLINE, start + MAX_BYTES);
    if (newline < start) return true;
    start = newline + 1;
  }
  return false;
}

/** How much of a batch can be written: up to its last newline, or whole records of a line that is too long; else 0. */
export function completeLength(bytes: Buffer): number {
  const newline = bytes.lastIndexOf(NEWLINE);
  if (newline !== -1) return newline + 1;
  let length = 0;
  while (bytes.length - length > MAX_BYTES) length += recordLengthAt(bytes, length, bytes.length);
  return length;
}

export function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return bytes.length > 0 && bytes.at(-1) !== NEWLINE ? lines + 1 : lines;
}
