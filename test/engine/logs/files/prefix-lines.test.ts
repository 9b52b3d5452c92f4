import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatBatch, formatRecords, recordHeads } from '../../../../src/engine/logs/files/log-format.ts';
import {
  countNewlinesFast,
  prefixableBuffer,
  prefixLinesFast,
} from '../../../../src/engine/logs/files/prefix-lines.ts';

const KIB = 1024;
const HEADS = [recordHeads('stderr', Date.UTC(2026, 10, 21, 9, 34, 10, 123)), recordHeads('stdout', null)];

/** Returns lines of arbitrary bytes at this offset of the prefixable buffer. */
function outputAt(offset: number, lengths: readonly number[]): Buffer {
  const buffer = prefixableBuffer() ?? Buffer.alloc(0);
  let end = offset;
  for (const length of lengths) {
    if (end + length >= 400 * KIB) break;
    for (let at = 0; at < length; at++) buffer[end + at] = [0x41, 0xff, 0x0b, 0x00, 0xc3][(at + length) % 5] ?? 0;
    buffer[end + length] = 0x0a;
    end += length + 1;
  }
  // What an earlier batch left behind the output must not count.
  buffer.fill('\n', end, end + 64);
  return buffer.subarray(offset, end);
}

function bytesOf(records: Buffer | string): Buffer {
  return typeof records === 'string' ? Buffer.from(records, 'latin1') : records;
}

describe('prefixing lines with WebAssembly', () => {
  test('gives the same bytes as strings', () => {
    const lengths = fc.array(fc.oneof(fc.nat(3), fc.nat(200), fc.nat(5 * KIB)), { minLength: 500, maxLength: 900 });
    fc.assert(
      fc.property(lengths, fc.nat(40), fc.constantFrom(...HEADS), (sizes, offset, heads) => {
        const output = outputAt(offset, sizes);
        const expected = formatRecords(output, heads, 'goes-on');
        const result = prefixLinesFast(output, heads.full);
        if (result === null) expect(output.length < 8 * KIB || expected.length > 1024 * KIB).toBe(true);
        else expect(result.toString('latin1') === expected).toBe(true);
        expect(bytesOf(formatBatch(output, heads, 'goes-on')).toString('latin1') === expected).toBe(true);
        const newlines = countNewlinesFast(output);
        if (newlines !== null) expect(newlines).toBe(output.toString('latin1').split('\n').length - 1);
      }),
      { numRuns: 60 },
    );
  });

  test('is left to strings if the output is short, elsewhere or unfinished, or the result too long', () => {
    const output = outputAt(
      0,
      Array.from({ length: 200 }, () => 99),
    );
    expect(prefixLinesFast(output, 'stdout F ')).not.toBeNull();
    expect(prefixLinesFast(output.subarray(0, 100), 'stdout F ')).toBeNull();
    expect(prefixLinesFast(Buffer.from(output), 'stdout F ')).toBeNull();
    expect(prefixLinesFast(output.subarray(0, -1), 'stdout F ')).toBeNull();
    const empty = outputAt(
      0,
      Array.from({ length: 120 * KIB }, () => 0),
    );
    expect(prefixLinesFast(empty, 'stdout F ')).toBeNull();
    expect(countNewlinesFast(empty)).toBe(120 * KIB);
  });
});
