import { WIRE_LIMITS } from '../../../protocol/wire-limits.ts';
import { countNewlinesFast } from './prefix-lines.ts';

const NEWLINE = 0x0a;
const MAX_BYTES = WIRE_LIMITS.logLineBytes;
/** Continuation bytes of UTF-8; a character has at most three. */
const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;
const MAX_CONTINUATIONS = 3;

/** Returns the length of the next record of a line: the whole line, or as many whole characters as fit. */
export function recordLengthAt(bytes: Buffer, start: number, end: number): number {
  if (end - start <= MAX_BYTES) return end - start;
  return wholeCharacters(bytes, start, start + MAX_BYTES) - start;
}

/** Returns the last position up to `end` that does not split a UTF-8 character; `end` if the bytes are not UTF-8. */
function wholeCharacters(bytes: Buffer, start: number, end: number): number {
  for (let cut = end; cut > start && end - cut <= MAX_CONTINUATIONS; cut--) {
    if (((bytes[cut] ?? 0) & CONTINUATION_MASK) !== CONTINUATION) return cut;
  }
  return end;
}

/**
 * Returns the length without an incomplete UTF-8 character at the end, whose rest may follow; the whole length if nothing
 * else would remain, or if the bytes are not UTF-8.
 */
export function withoutIncompleteCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(MAX_CONTINUATIONS, bytes.length - 1); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & CONTINUATION_MASK) === CONTINUATION) continue;
    return characterLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Returns the number of bytes of a UTF-8 character that begins with this byte. */
function characterLength(first: number): number {
  if (first >= 0xf0) return 4;
  if (first >= 0xe0) return 3;
  return first >= 0xc0 ? 2 : 1;
}

/** Returns whether a line exceeds one record. Searches backwards from a record ahead, so a usual batch takes few steps. */
export function isLongerThanOneRecord(bytes: Buffer): boolean {
  for (let start = 0; bytes.length - start > MAX_BYTES;) {
    const newline = bytes.lastIndexOf(NEWLINE, start + MAX_BYTES);
    if (newline < start) return true;
    start = newline + 1;
  }
  return false;
}

/** Returns how many bytes can be written: up to the last newline, or whole records of an overlong line; otherwise 0. */
export function completeLength(bytes: Buffer): number {
  const newline = bytes.lastIndexOf(NEWLINE);
  if (newline !== -1) return newline + 1;
  let length = 0;
  while (bytes.length - length > MAX_BYTES) length += recordLengthAt(bytes, length, bytes.length);
  return length;
}

function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

export function countLines(bytes: Buffer): number {
  const lines = countNewlinesFast(bytes) ?? countNewlines(bytes);
  return bytes.length > 0 && bytes.at(-1) !== NEWLINE ? lines + 1 : lines;
}
