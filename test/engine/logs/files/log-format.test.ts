import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatRecords, parseRecord, recordHeads } from '../../../../src/engine/logs/files/log-format.ts';
import { completeLength, countLines, isLongerThanOneRecord } from '../../../../src/engine/logs/files/record-cut.ts';

const KIB_64 = 64 * 1024;
const HEADS = recordHeads('stdout', Date.UTC(2026, 10, 21, 9, 34, 10, 123));

function format(bytes: Buffer, tail: 'ends' | 'goes-on' = 'ends'): string[] {
  return Buffer.from(formatRecords(bytes, HEADS, tail), 'latin1')
    .toString('utf8')
    .split('\n')
    .slice(0, -1);
}

describe('records', () => {
  test.each([
    ['a line', 'one\n', ['stdout F one']],
    ['several lines', 'one\n\ntwo\n', ['stdout F one', 'stdout F ', 'stdout F two']],
    ['an end without a newline', 'one\ntwo', ['stdout F one', 'stdout F two']],
    ['UTF-8', 'größe 😀\n', ['stdout F größe 😀']],
  ])('contain %s with time and stream', (_, output, records) => {
    expect(format(Buffer.from(output))).toEqual(records.map((record) => `2026-11-21T09:34:10.123Z ${record}`));
  });

  test('mark a line that continues', () => {
    expect(format(Buffer.from('one\ntw'), 'goes-on').map((record) => record.slice(25))).toEqual([
      'stdout F one',
      'stdout P tw',
    ]);
  });

  test('are split at 64 KiB, never within a character', () => {
    const line = `${'x'.repeat(KIB_64 - 1)}ä${'y'.repeat(KIB_64)}`;
    const lines = format(Buffer.from(`${line}\n`)).map(parseRecord);
    expect(lines.map(({ partial }) => partial)).toEqual([true, true, false]);
    expect(lines.map(({ text }) => text).join('')).toBe(line);
  });

  test('of exactly 64 KiB are not split', () => {
    expect(format(Buffer.from(`${'x'.repeat(KIB_64)}\n`))).toHaveLength(1);
  });

  test('preserve every byte', () => {
    const lengths = fc.array(fc.oneof(fc.nat(50), fc.integer({ min: KIB_64 - 4, max: 2 * KIB_64 + 4 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(lengths, fc.nat(255), (sizes, seed) => {
        const output = Buffer.concat(
          sizes.map((size, index) => Buffer.concat([noise(size, seed + index), Buffer.from('\n')])),
        );
        const records = formatRecords(output, HEADS, 'ends').split('\n').slice(0, -1);
        const text = records
          .map((record) => (record[32] === 'P' ? record.slice(34) : `${record.slice(34)}\n`))
          .join('');
        expect(text === output.toString('latin1')).toBe(sizes.length > 0);
      }),
      { numRuns: 50 },
    );
  });
});

/** Arbitrary bytes except newlines. */
function noise(size: number, seed: number): Buffer {
  return Buffer.from(
    Array.from({ length: size }, (_, index) => [0xc3, 0xa4, 0xff, 0x80, 0x41][(index * 7 + seed) % 5] ?? 0),
  );
}

describe('reading records', () => {
  test.each([
    [
      '2026-11-21T09:34:10.123Z stdout F text of it',
      { time: '2026-11-21T09:34:10.123Z', stream: 'stdout', text: 'text of it', partial: false },
    ],
    [
      '2026-11-21T09:34:10.123Z stderr P a',
      { time: '2026-11-21T09:34:10.123Z', stream: 'stderr', text: 'a', partial: true },
    ],
    ['stderr F no time', { time: null, stream: 'stderr', text: 'no time', partial: false }],
    ['stdout F stdout F twice', { time: null, stream: 'stdout', text: 'stdout F twice', partial: false }],
    [
      '2026-11-21T09:34:10.123Z stdout F ',
      { time: '2026-11-21T09:34:10.123Z', stream: 'stdout', text: '', partial: false },
    ],
    ['something else', { time: null, stream: 'stdout', text: 'something else', partial: false }],
    [
      'word stdout F something else',
      { time: null, stream: 'stdout', text: 'word stdout F something else', partial: false },
    ],
    ['', { time: null, stream: 'stdout', text: '', partial: false }],
  ])('parses "%s"', (record, line) => {
    expect(parseRecord(record)).toEqual(line);
  });
});

describe('the complete part of a batch', () => {
  test.each([
    ['nothing of an unfinished line', 'abc', 0],
    ['up to the last newline', 'a\nb\nc', 4],
    ['whole records of an endless line', 'x'.repeat(2 * KIB_64 + 10), 2 * KIB_64],
    ['nothing of a line that may just have reached its end', 'x'.repeat(KIB_64), 0],
  ])('is %s', (_, output, length) => {
    expect(completeLength(Buffer.from(output))).toBe(length);
  });

  test('is counted in lines, including an unfinished one', () => {
    expect(['', 'a', 'a\n', 'a\nb', '\n\n'].map((text) => countLines(Buffer.from(text)))).toEqual([0, 1, 1, 2, 2]);
  });

  test('is split only if a line exceeds a record', () => {
    const [short, long] = ['x'.repeat(KIB_64), 'x'.repeat(KIB_64 + 1)];
    const texts = [`${short}\n${short}\n`, `${short}\n${long}\n`, long, `\n${long}\na`, `a\n`.repeat(KIB_64)];
    expect(texts.map((text) => isLongerThanOneRecord(Buffer.from(text)))).toEqual([false, true, true, true, false]);
  });
});
