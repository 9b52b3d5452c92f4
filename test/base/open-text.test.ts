import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OpenText } from '../../src/base/open-text.ts';
import { parseStyledText, styledPieces, withoutOverwritten } from '../../src/base/styled-text.ts';

/** Returns each character with its style. */
function looks(text: string): readonly unknown[] {
  const styled = parseStyledText(text);
  return styledPieces(styled, 0, styled.text.length).flatMap((piece) =>
    Array.from(piece.text, (character) => [character, piece.style]),
  );
}

describe('text without what was overwritten', () => {
  const part = fc.constantFrom(
    ...['abc', 'x', '日本', 'e\u0301', '\r', '\b', '\t', ' 10%', '\0'],
    ...['\x1b[31m', '\x1b[1;4m', '\x1b[41m', '\x1b[7m', '\x1b[38;5;208m', '\x1b[0m', '\x1b[22m'],
    ...['\x1b[K', '\x1b[1K', '\x1b[2K', '\x1b[5G', '\x1b[3D', '\x1b[2C'],
  );

  test('looks the same after the rest was added, wherever text is cut', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), fc.nat(), (parts, place) => {
        const text = parts.join('');
        const cut = text === '' ? 0 : place % text.length;
        expect(looks(withoutOverwritten(text.slice(0, cut)) + text.slice(cut))).toEqual(looks(text));
      }),
      { numRuns: 1000 },
    );
  });

  test('is the same text if nothing moved', () => {
    expect(withoutOverwritten('\x1b[31mred\x1b[0m\ttab')).toBe('\x1b[31mred\x1b[0m\ttab');
  });
});

describe('the text of a line that is not finished', () => {
  test('stays short while a progress bar is redrawn, and shows its last state', () => {
    const text = new OpenText();
    let shown = '';
    for (let step = 0; step < 20_000; step += 1)
      shown = text.add(`\r\x1b[32m${'#'.repeat(step % 40)} ${String(step)}%`);
    expect(shown.length).toBeLessThan(4096);
    expect(parseStyledText(`${shown}\x1b[K`).text).toBe(`${'#'.repeat(39)} 19999%`);
  });

  test('is kept from its beginning if it does not end', () => {
    const text = new OpenText();
    let shown = text.add('begin ');
    for (let step = 0; step < 3000; step += 1) shown = text.add('x'.repeat(1000));
    expect(shown).toMatch(/^begin x+$/);
    expect(shown.length).toBeLessThan(1_100_000);
  });
});
