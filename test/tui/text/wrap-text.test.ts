import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../../src/base/display-width.ts';
import { wrapText, wrapWords } from '../../../src/tui/text/wrap-text.ts';

test.each([
  ['', 5, ['']],
  ['abc', 5, ['abc']],
  ['abcde', 5, ['abcde']],
  ['abcdef', 5, ['abcde', 'f']],
  ['ab cd ef', 3, ['ab ', 'cd ', 'ef']],
  ['日本語', 4, ['日本', '語']],
  ['日本語', 1, ['日', '本', '語']],
  ['a日b', 2, ['a', '日', 'b']],
])('the output %j is split at %i columns into %j', (text, columns, pieces) => {
  expect(wrapText(text, columns)).toEqual(pieces);
});

test.each([
  ['', 5, ['']],
  ['one two', 9, ['one two']],
  ['one two', 7, ['one two']],
  ['one two', 6, ['one', 'two']],
  ['one two three', 7, ['one two', 'three']],
  ['a longestword b', 6, ['a', 'longes', 'tword', 'b']],
  ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
  ['日本 語', 4, ['日本', '語']],
])('the prose %j is wrapped at %i columns into %j', (text, columns, lines) => {
  expect(wrapWords(text, columns)).toEqual(lines);
});

test('splitting output loses nothing and no piece is too wide', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', ' ', '日', 'é', '😀') }),
      fc.integer({ min: 2, max: 20 }),
      (text, columns) => {
        const pieces = wrapText(text, columns);
        expect(pieces.join('')).toBe(text);
        for (const piece of pieces) expect(displayWidth(piece)).toBeLessThanOrEqual(columns);
      },
    ),
  );
});

test('wrapping prose keeps all words in order', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 6, max: 30 }), (words, columns) => {
      const lines = wrapWords(words.join(' '), columns);
      expect(lines.join(' ').split(' ')).toEqual(words);
      for (const text of lines) expect(text.length).toBeLessThanOrEqual(columns);
    }),
  );
});
