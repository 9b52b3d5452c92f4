import { describe, expect, test } from 'vitest';
import { type Span, span } from '../../../src/tui/style/scene.ts';
import {
  fillHeight,
  line,
  lineWithExtras,
  ruledLine,
  selectedLine,
  twoParts,
  twoSided,
} from '../../../src/tui/text/line.ts';
import { pens } from '../support/states.ts';
import { scene, visible } from '../support/samples.ts';

function spans(...texts: readonly string[]): Span[] {
  return texts.map((text) => span(text));
}

describe('a line', () => {
  test.each([
    [['abc'], 6, 'abc   '],
    [['abc'], 3, 'abc'],
    [['abc'], 2, 'a…'],
    [['abc'], 1, '…'],
    [['abc', 'def'], 6, 'abcdef'],
    [['abc', 'def'], 5, 'abcd…'],
    [['abc', 'def'], 3, 'abc'],
    [[], 3, '   '],
    [['日本語'], 6, '日本語'],
    [['日本語'], 5, '日本…'],
    [['日本', 'ab'], 4, '日本'],
  ])('of %j in %i columns is %j', (texts, columns, expected) => {
    expect(line(scene(columns, 1), spans(...texts))).toBe(expected);
  });

  test('uses the ellipsis of the symbols', () => {
    expect(line(scene(4, 1, true), spans('abcdef'))).toBe('abc~');
  });

  test('paints each piece in its tone', () => {
    const colored = { ...pens({ color: '16' }), columns: 6, height: 1 };
    expect(line(colored, [span('ab', 'bad'), span('cd')])).toBe('\x1b[31mab\x1b[0mcd  ');
  });
});

describe('a selected line', () => {
  test('is highlighted over its full width', () => {
    expect(selectedLine(scene(6, 1), spans('ab', 'cd'))).toBe('\x1b[7mab\x1b[0m\x1b[7mcd\x1b[0m\x1b[7m  \x1b[0m');
  });

  test('is cut at its width', () => {
    expect(visible([selectedLine(scene(3, 1), spans('abc', 'def'))])).toEqual(['abc']);
  });
});

describe('two parts', () => {
  test.each([
    [10, 'left right', 'left right'],
    [11, 'left  right', 'left  right'],
    [9, 'leftright', 'left'],
    [8, 'leftrig…', 'left'],
    [4, 'left', 'left'],
    [3, 'le…', 'le…'],
  ])('in %i columns are cut to %j, or dropped to %j', (columns, cut, dropped) => {
    expect(visible([twoParts(scene(columns, 1), spans('left'), spans('right'))])).toEqual([cut]);
    // The right part of a two-sided line is followed by a space, and needs two in front.
    expect(visible([twoSided(scene(columns + 2, 1), spans('left'), spans('right'))])[0]).toBe(
      columns >= 10 ? `left${' '.repeat(columns - 8)}right` : 'left',
    );
    expect(dropped).toMatch(/^le/);
  });
});

test.each([
  [3, 'abc'],
  [5, 'abc'],
  [6, 'abc 12'],
  [8, 'abc 12'],
  [9, 'abc 12 34'],
  [20, 'abc 12 34'],
])('in %i columns, a line with extras is %j', (columns, expected) => {
  expect(visible([lineWithExtras(scene(columns, 1), spans('abc'), spans(' 12', ' 34'))])).toEqual([expected]);
});

test.each([
  [24, ' Title ─── a long note', ['a long note', 'note']],
  [18, ' Title ──── note', ['a long note', 'note']],
  [13, ' Title ─────', ['a long note', 'note']],
  [8, ' Title', ['a long note', 'note']],
  [12, ' Title ────', []],
])('in %i columns, a title with a rule is %j', (columns, expected, notes) => {
  expect(visible([ruledLine(scene(columns, 1), spans('Title'), ...notes)])).toEqual([expected]);
});

test.each([
  [0, []],
  [1, ['a']],
  [2, ['a', 'b']],
  [4, ['a', 'b', '', '']],
])('filled to %i rows, two lines are %j', (height, expected) => {
  expect(fillHeight(scene(10, height), ['a', 'b'])).toEqual(expected);
});
