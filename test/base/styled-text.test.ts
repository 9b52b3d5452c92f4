import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStyledText, styledPieces } from '../../src/base/styled-text.ts';

function shown(text: string): string[] {
  const styled = parseStyledText(text);
  return styledPieces(styled, 0, styled.text.length).map(({ text: piece, style }) => {
    if (style === null) return piece;
    const marks = `${style.color ?? ''}${style.isBold ? 'b' : ''}${style.isDim ? 'd' : ''}`;
    return `${piece}<${marks}${style.isItalic ? 'i' : ''}${style.isUnderlined ? 'u' : ''}>`;
  });
}

test.each([
  ['plain', ['plain']],
  ['\x1b[31mred\x1b[0m plain', ['red<31>', ' plain']],
  ['\x1b[1;92mok\x1b[22m ok\x1b[39m no', ['ok<92b>', ' ok<92>', ' no']],
  ['\x1b[38;5;208morange\x1b[m.', ['orange<38;5;208>', '.']],
  ['\x1b[38;2;1;2;3mrgb', ['rgb<38;2;1;2;3>']],
  ['\x1b[38:2:1:2:3mrgb', ['rgb<38;2;1;2;3>']],
  ['\x1b[2;3;4mall', ['all<diu>']],
])('keeps the colors of %j', (text, pieces) => {
  expect(shown(text)).toEqual(pieces);
});

test.each([
  ['\x1b[41;7mloud', ['loud']],
  ['\x1b[48;5;1;31mloud', ['loud<31>']],
  ['\x1b[38;5;999mx', ['x']],
  ['\x1b[38mx', ['x']],
  ['a\x1b[2Jb\x1b]0;owned\x07c\x1b[31md', ['abc', 'd<31>']],
])('keeps nothing else of %j', (text, pieces) => {
  expect(shown(text)).toEqual(pieces);
});

test('never lets a control character through, for any input', () => {
  const noise = fc.string({
    unit: fc.constantFrom('\x1b', '[', ']', ';', '3', '1', 'm', 'J', '\x07', '\x9b', 'a', '\n'),
  });
  fc.assert(
    fc.property(noise, (text) => {
      // eslint-disable-next-line no-control-regex -- control characters are the subject
      expect(parseStyledText(text).text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    }),
  );
});
