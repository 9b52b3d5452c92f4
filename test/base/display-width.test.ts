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
  test('pads on the free side', () => {
    expect(fitWidth('ab', 4)).toBe('ab  ');
    expect(fitWidth('ab', 4, 'right')).toBe('  ab');
  });

  test('cuts with an ellipsis', () => {
    expect(fitWidth('abcdef', 4)).toBe('abc…');
    expect(fitWidth('abcdef', 4, 'left', '~')).toBe('abc~');
  });

  test('fills the column that half a wide character would have taken', () => {
    expect(fitWidth('日本語', 4)).toBe('日… ');
    expect(displayWidth(fitWidth('日本語', 4))).toBe(4);
  });

  test('gives nothing for no room', () => {
    expect(fitWidth('abc', 0)).toBe('');
    expect(fitWidth('abc', -1)).toBe('');
    expect(fitWidth('abc', 1)).toBe('…');
  });

  test('never cuts a combined emoji', () => {
    expect(truncateWidth('👨‍👩‍👧👨‍👩‍👧', 3)).toBe('👨‍👩‍👧…');
  });
});
