import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sanitizeText } from '../../src/base/sanitize-text.ts';

describe('sanitizeText', () => {
  test.each([
    ['a colour', '\x1b[1;31mred\x1b[0m', 'red'],
    ['a cursor move by a C1 control', 'a\x9b2Jb', 'ab'],
    ['a sequence cut off at the end', 'a\x1b[31', 'a'],
    ['a title ended by BEL', 'a\x1b]0;title\x07b', 'ab'],
    ['a title ended by ST', 'a\x1b]0;title\x1b\\b', 'ab'],
    ['a link', '\x1b]8;;http://x.example/\x1b\\text\x1b]8;;\x1b\\', 'text'],
    ['a device control string', 'a\x1bPq#0~\x1b\\b', 'ab'],
    ['an application command', 'a\x1b_Gf=24;AAAA\x1b\\b', 'ab'],
    ['a charset switch', 'a\x1b(0b', 'ab'],
    ['a reset', 'a\x1bcb', 'ab'],
    ['an escape before an escape', 'a\x1b\x1b[31mb', 'ab'],
    ['a bell and a backspace', 'a\x07\x08b', 'ab'],
    ['a delete', 'a\x7fb', 'ab'],
    ['bidirectional overrides', 'a\u202eb\u2066c\u200fd', 'abcd'],
    ['the private-use area', 'a\ue0b0\uf8ffb', 'ab'],
    ['line breaks at the end', 'text\r\n', 'text'],
    ['line breaks inside, leaving a space', '10%\r20%\n30%', '10% 20% 30%'],
  ])('removes %s', (_name, text, clean) => {
    expect(sanitizeText(text)).toBe(clean);
  });

  test('keeps the text of an unterminated control string', () => {
    expect(sanitizeText('a\x1b]0;title')).toBe('a0;title');
  });

  test('expands tabs to multiples of eight columns, with wide characters', () => {
    expect(sanitizeText('a\tb')).toBe('a       b');
    expect(sanitizeText('日本\tb\t')).toBe('日本    b       ');
  });

  test('keeps other languages and emoji unchanged', () => {
    const text = 'naïve 日本語 👨‍👩‍👧 עברית ✓';
    expect(sanitizeText(text)).toBe(text);
  });

  test('leaves nothing that a terminal interprets, for any input, and is idempotent', () => {
    const pieces = ['\x1b', '[', ']', '\x9b', '\x9d', '\x07', '\\', 'P', '3', 'm', '\t', '\n', 'é', '\u202e'];
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...pieces) }), (text) => {
        const clean = sanitizeText(text);
        // eslint-disable-next-line no-control-regex -- control characters are the subject
        expect(clean).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
        expect(sanitizeText(clean)).toBe(clean);
      }),
    );
  });
});
