import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyDecoder, type KeyPress } from '../../../src/tui/terminal/key-decoder.ts';

/** Decodes keys with all their properties. */
function decodeAll(text: string): KeyPress[] {
  const decoder = new KeyDecoder();
  return [...decoder.push(Buffer.from(text)), ...decoder.flush()];
}

function decode(...chunks: readonly (string | Buffer)[]): string[] {
  const decoder = new KeyDecoder();
  return chunks.flatMap((chunk) => decoder.push(Buffer.from(chunk))).map(({ name }) => name);
}

describe('keys', () => {
  test.each([
    ['j', ['j']],
    ['G', ['G']],
    ['é', ['é']],
    ['日', ['日']],
    [' ', ['space']],
    ['\r', ['enter']],
    ['\x7f', ['backspace']],
    ['\x03', ['ctrl-c']],
    ['\x0c', ['ctrl-l']],
    ['\t', ['tab']],
    ['\x1b[Z', ['shift-tab']],
    ['\x1b[A', ['up']],
    ['\x1bOB', ['down']],
    ['\x1b[5~', ['pageup']],
    ['\x1b[1;5C', ['ctrl-right']],
    ['\x1b[1~', ['home']],
    ['\x1bOF', ['end']],
    ['\x1b[15~', ['f5']],
  ])('%j is %j', (bytes, names) => {
    expect(decode(bytes)).toEqual(names);
  });

  test('that arrive together are separated', () => {
    expect(decode('jj\x1b[Bk/ab\r')).toEqual(['j', 'j', 'down', 'k', '/', 'a', 'b', 'enter']);
  });

  test('an arrow that is split by a slow line is still an arrow', () => {
    expect(decode('\x1b', '[', 'B')).toEqual(['down']);
  });

  test('a character that is split over chunks is one character', () => {
    const bytes = Buffer.from('日');
    expect(decode(bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['日']);
  });

  test('replies of the terminal are reports, and unknown sequences are ignored', () => {
    const keys = decodeAll('a\x1b]11;rgb:0000/0000/0000\x07\x1b[?62;22c\x1b[99~b');
    expect(keys.map(({ name }) => name)).toEqual(['a', 'report', 'b']);
    expect(keys[1]?.text).toBe('11;rgb:0000/0000/0000');
  });

  test('the left button and the wheel are reported with their position, releases are not', () => {
    const keys = decodeAll('\x1b[<0;5;3M\x1b[<0;5;3m\x1b[<65;1;1M\x1b[<2;1;1M');
    expect(keys).toEqual([
      { name: 'click', text: '', at: { column: 4, row: 2 } },
      { name: 'wheeldown', text: '', at: { column: 0, row: 0 } },
    ]);
  });

  test('gaining the focus is reported as a key, losing it is not', () => {
    expect(decodeAll('\x1b[I\x1b[O').map(({ name }) => name)).toEqual(['focus']);
  });

  test('Escape directly followed by a key is the key with Alt, which types nothing', () => {
    expect(decodeAll('\x1br')).toEqual([{ name: 'alt-r', text: '' }]);
    expect(decode('\x1b4', '\x1b\r', '\x1bé')).toEqual(['alt-4', 'alt-enter', 'alt-é']);
  });
});

describe('Escape', () => {
  test('alone is held until its timeout', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\x1b'))).toEqual([]);
    expect(decoder.patienceMs).toBe(50);
    expect(decoder.flush()).toEqual([{ name: 'escape', text: '' }]);
    expect(decoder.patienceMs).toBeNull();
  });

  test('pressed twice results in one key, and another one is held', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\x1b\x1b')).map(({ name }) => name)).toEqual(['escape']);
    expect(decoder.flush().map(({ name }) => name)).toEqual(['escape']);
  });
});

describe('a paste', () => {
  test('is one key, whatever it contains', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\x1b[200~q\x03\rX\x1b[201~j'))).toEqual([
      { name: 'paste', text: 'q\x03\rX' },
      { name: 'j', text: 'j' },
    ]);
  });

  test('without an end does not block the keyboard', () => {
    const decoder = new KeyDecoder();
    expect(decoder.push(Buffer.from('\x1b[200~abc'))).toEqual([]);
    expect(decoder.patienceMs).toBeGreaterThan(50);
    expect(decoder.flush()).toEqual([{ name: 'paste', text: 'abc' }]);
    decoder.push(Buffer.from('q'));
    expect(decoder.patienceMs).toBe(50);
    expect(decoder.flush()).toEqual([{ name: 'q', text: 'q' }]);
    expect(decoder.push(Buffer.from('q'))).toEqual([{ name: 'q', text: 'q' }]);
  });
});

const PIECES = [
  'j',
  'é',
  '日',
  '😀',
  '\r',
  '\x1b[A',
  '\x1bOB',
  '\x1b[5~',
  '\x1b[1;5C',
  '\x1b[200~p\x1b[Aq\x1b[201~',
  '\x1b]0;t\x07',
];

test('the keys are the same wherever the bytes are split', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...PIECES)), fc.array(fc.nat(), { maxLength: 20 }), (pieces, cuts) => {
      const bytes = Buffer.from(pieces.join(''));
      const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
      const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
      expect(decode(...chunks)).toEqual(decode(bytes));
    }),
  );
});

test('arbitrary bytes are decoded without an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const decoder = new KeyDecoder();
      decoder.push(Buffer.from(bytes));
      decoder.flush();
      expect(decoder.patienceMs).toBeNull();
    }),
  );
});
