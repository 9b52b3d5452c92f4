import type { LogLine } from '../../protocol/log-line.ts';

/** The other fields of a line, and the cursors that it may have. */
const FIELD_BYTES = 250;

/** Returns an upper bound of the size of a line as JSON, in bytes. */
export function lineBytes({ text, base64 = '' }: LogLine): number {
  return Buffer.byteLength(JSON.stringify(text)) + base64.length + FIELD_BYTES;
}
