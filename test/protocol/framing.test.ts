import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeMessage, type Frame, LineDecoder } from '../../src/protocol/framing.ts';
import { WIRE_LIMITS } from '../../src/protocol/wire-limits.ts';

/** Pushes the bytes in pieces of the given size. */
function decode(bytes: Buffer, pieceSize: number, decoder = new LineDecoder()): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < bytes.length; at += pieceSize) frames.push(...decoder.push(bytes.subarray(at, at + pieceSize)));
  return frames;
}

function linesOf(...texts: string[]): Frame[] {
  return texts.map((text) => ({ kind: 'line', text }));
}

describe('a stream of lines', () => {
  const text = '{"a":1}\n{"b":"größer 日本 🙂"}\n';

  test.each([1, 2, 3, 5, 7, 1000])('is split at newlines when it arrives in pieces of %d bytes', (pieceSize) => {
    expect(decode(Buffer.from(text), pieceSize)).toEqual(linesOf('{"a":1}', '{"b":"größer 日本 🙂"}'));
  });

  test('returns nothing for an incomplete line', () => {
    const decoder = new LineDecoder();
    expect(decoder.push(Buffer.from('half'))).toEqual([]);
    expect(decoder.push(Buffer.from(' and half\nthe next'))).toEqual(linesOf('half and half'));
  });

  test('skips empty lines', () => {
    expect(decode(Buffer.from('\n\na\n\nb\n'), 1)).toEqual(linesOf('a', 'b'));
  });

  test('returns every message, regardless of its contents and of the pieces', () => {
    const messages = fc.array(fc.jsonValue(), { maxLength: 5 });
    fc.assert(
      fc.property(messages, fc.integer({ min: 1, max: 50 }), (sent, pieceSize) => {
        const frames = decode(Buffer.from(sent.map(encodeMessage).join('')), pieceSize);
        const received = frames.map((frame) => (frame.kind === 'line' ? JSON.parse(frame.text) : frame));
        expect(received).toEqual(JSON.parse(JSON.stringify(sent)));
      }),
    );
  });

  test('accepts arbitrary bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 50 }), (bytes, pieceSize) => {
        for (const frame of decode(Buffer.from(bytes), pieceSize, new LineDecoder(20))) {
          if (frame.kind === 'line') expect(frame.text).not.toContain('\n');
        }
      }),
    );
  });
});

describe('a line that exceeds the limit', () => {
  test.each([1, 4, 1000])('is reported once and skipped, in pieces of %d bytes', (pieceSize) => {
    const bytes = Buffer.from(`before\n${'x'.repeat(500)}\nafter\n`);
    expect(decode(bytes, pieceSize, new LineDecoder(20))).toEqual([
      ...linesOf('before'),
      { kind: 'oversized' },
      ...linesOf('after'),
    ]);
  });

  test('is one whose bytes and newline together exceed the limit', () => {
    expect(decode(Buffer.from('123456789\n'), 1, new LineDecoder(10))).toEqual(linesOf('123456789'));
    expect(decode(Buffer.from('1234567890\n'), 1, new LineDecoder(10))).toEqual([{ kind: 'oversized' }]);
  });

  test('is measured in bytes, not characters', () => {
    expect(decode(Buffer.from('日本日\n'), 1, new LineDecoder(9))).toEqual([{ kind: 'oversized' }]);
  });

  test('is reported before it ends, so that a stream without newlines is noticed', () => {
    const decoder = new LineDecoder();
    const megabyte = Buffer.alloc(WIRE_LIMITS.messageBytes, 'x');
    expect(decoder.push(megabyte)).toEqual([{ kind: 'oversized' }]);
    for (let count = 0; count < 100; count++) expect(decoder.push(megabyte)).toEqual([]);
    expect(decoder.push(Buffer.from('\nnext\n'))).toEqual(linesOf('next'));
  });

  test('may be followed by another one', () => {
    const bytes = Buffer.from(`${'x'.repeat(30)}\n${'y'.repeat(30)}\n`);
    expect(decode(bytes, 3, new LineDecoder(20))).toEqual([{ kind: 'oversized' }, { kind: 'oversized' }]);
  });
});

test('a message is one line of JSON', () => {
  const message = encodeMessage({ text: 'two\nlines' });
  expect(message).toBe('{"text":"two\\nlines"}\n');
});
