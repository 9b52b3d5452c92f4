import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../src/base/display-width.ts';
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

test.each([
  [' 0%\r 50%\r100%', ['100%']],
  ['100%\rdone', ['done']],
  ['50%\r', ['50%']],
  ['\x1b[2K\x1b[1Gdownloading a\x1b[2K\x1b[1Gdownloading done', ['downloading done']],
  ['\x1b[32mfetch 1/3\x1b[0m\rfetch 2/3', ['fetch 2/3']],
  ['\x1b[32m123456\x1b[0m\rab', ['ab', '3456<32>']],
  ['12345\rab\x1b[K', ['ab']],
  ['日本\rx', ['x 本']],
  ['abc\b\bX', ['aXc']],
  ['abc\x1b[99999999Gx', [`abc${' '.repeat(1000)}x`]],
])('shows what %j leaves on the line', (text, pieces) => {
  expect(shown(text)).toEqual(pieces);
});

test.each([
  ['abc\tX', 8],
  ['\x1b[31mabc\x1b[0m\tX', 8],
  ['中\tX', 8],
  ['\x1b[31ma\x1b[0mbcdefghi\tX', 16],
  ['\x1b[1m\t\x1b[0m\tX', 16],
])('expands the tabs of %j to the columns of the whole line', (text, column) => {
  const found = parseStyledText(text).text;
  expect(displayWidth(found.slice(0, found.indexOf('X')))).toBe(column);
});

test.each([
  ['\x1b[30;47m FAIL', [' FAIL']],
  ['\x1b[48;5;226m\x1b[38;2;0;0;0mwarning', ['warning']],
  ['\x1b[97;7mWARN\x1b[27mx', ['WARN', 'x<97>']],
  ['\x1b[31;47mred', ['red<31>']],
])('shows text in the usual color if the color of %j was made for a background', (text, pieces) => {
  expect(shown(text)).toEqual(pieces);
});

test('keeps icons, and shows where text would be reordered', () => {
  expect(parseStyledText('A \ue0b0 B \uf121 C').text).toBe('A \ue0b0 B \uf121 C');
  expect(parseStyledText('a\u202eb\u200fc').text).toBe('a\ufffdb\ufffdc');
});

test('never lets a control character through, for any input', () => {
  const noise = fc.string({
    unit: fc.constantFrom(
      '\x1b',
      '[',
      ']',
      ';',
      '3',
      '1',
      'm',
      'J',
      'G',
      'K',
      '\r',
      '\b',
      '\t',
      '\x07',
      '\x9b',
      'a',
      '\n',
    ),
  });
  fc.assert(
    fc.property(noise, (text) => {
      // eslint-disable-next-line no-control-regex -- control characters are the subject
      expect(parseStyledText(text).text).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    }),
  );
});
