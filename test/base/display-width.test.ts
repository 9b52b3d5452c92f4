import { describe, expect, test } from 'vitest';
import { displayWidth, fitWidth, truncateWidth } from '../../src/base/display-width.ts';

test.each([
  ['plain', 5],
  ['日本', 4],
  ['é', 1],
  ['e\u0301', 1],
  ['👨‍👩‍👧', 2],
  ['', 0],
])('"%s" is %d columns wide', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

describe('fitWidth', () => {
  test('pads on the other side of the alignment', () => {
    expect(fitWidth('ab', 4)).toBe('ab  ');
    expect(fitWidth('ab', 4, 'right')).toBe('  ab');
  });

  test('truncates with an ellipsis', () => {
    expect(fitWidth('abcdef', 4)).toBe('abc…');
    expect(fitWidth('abcdef', 4, 'left', '~')).toBe('abc~');
  });

  test('pads instead of splitting a wide character', () => {
    expect(fitWidth('日本語', 4)).toBe('日… ');
    expect(displayWidth(fitWidth('日本語', 4))).toBe(4);
  });

  test('returns an empty string for no columns', () => {
    expect(fitWidth('abc', 0)).toBe('');
    expect(fitWidth('abc', -1)).toBe('');
    expect(fitWidth('abc', 1)).toBe('…');
  });

  test('never splits an emoji sequence', () => {
    expect(truncateWidth('👨‍👩‍👧👨‍👩‍👧', 3)).toBe('👨‍👩‍👧…');
  });
});
