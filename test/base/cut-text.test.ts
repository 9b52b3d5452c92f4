import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutBytes } from '../../src/base/cut-bytes.ts';
import { cutText } from '../../src/base/cut-text.ts';

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'ab…'],
  ['a💥b', 3, 'a…'],
  ['ab', 1, '…'],
])('%j is cut to %i characters: %j', (text, max, expected) => {
  expect(cutText(text, max)).toBe(expected);
});

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 4, 'abcd'],
  ['abcde', 4, 'a…'],
  ['aääää', 5, 'a…'],
  ['💥💥💥', 8, '💥…'],
])('%j is cut to %i bytes: %j', (text, max, expected) => {
  expect(cutBytes(text, max)).toBe(expected);
});

test('a cut text is never longer than allowed, and stays valid', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 30 }), (text, max) => {
      expect(cutText(text, max).length).toBeLessThanOrEqual(max);
      expect(Buffer.byteLength(cutBytes(text, max))).toBeLessThanOrEqual(max);
      if (Buffer.from(text).toString() === text)
        expect(Buffer.from(cutText(text, max)).toString()).toBe(cutText(text, max));
    }),
  );
});
