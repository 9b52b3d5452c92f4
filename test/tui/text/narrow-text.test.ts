import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth, fitWidth } from '../../../src/base/display-width.ts';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';
import { cutText, fitText, widthOfText } from '../../../src/tui/text/narrow-text.ts';

const GLYPHS = Object.values(chooseGlyphs(false, { LANG: 'C.UTF-8' }))
  .flat()
  .filter((sign) => typeof sign === 'string');

test.each(GLYPHS)('the symbol %j is one column wide', (glyph) => {
  expect(displayWidth(glyph)).toBe(1);
  expect(widthOfText(glyph)).toBe(1);
});

test('the fast path has the same result as measuring', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', '日', '👩‍💻', 'é', ...GLYPHS), maxLength: 12 });
  fc.assert(
    fc.property(
      text,
      fc.integer({ min: 1, max: 12 }),
      fc.constantFrom('left' as const, 'right' as const),
      (given, columns, align) => {
        expect(widthOfText(given)).toBe(displayWidth(given));
        expect(fitText(given, columns, '…', align)).toBe(fitWidth(given, columns, align, '…'));
      },
    ),
  );
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdef', 5, 'abcd…'],
  ['abcdef', 1, '…'],
  ['abcdef', 0, ''],
  ['日本語', 6, '日本語'],
  ['日本語', 5, '日本…'],
  ['日本語', 4, '日…'],
  ['', 3, ''],
])('the text %j cut to %i columns is %j', (text, columns, expected) => {
  expect(cutText(text, columns, '…')).toBe(expected);
});

test('an ellipsis of several characters is cut too', () => {
  expect(cutText('abcdef', 5, '...')).toBe('ab...');
  expect(cutText('abcdef', 2, '...')).toBe('..');
});

test('cutting a very long line reads only its start', () => {
  const started = performance.now();
  expect(cutText('é'.repeat(5_000_000), 80, '…')).toHaveLength(80);
  expect(performance.now() - started).toBeLessThan(1000);
});
