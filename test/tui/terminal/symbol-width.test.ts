import { expect, test } from 'vitest';
import { hasWideSymbols, REQUEST_WIDTH } from '../../../src/tui/terminal/symbol-width.ts';

test.each([
  ['2;4', false],
  ['2;7', true],
  ['2;5', true],
  ['2;1', null],
  ['24;80', null],
  ['', null],
])('the reply %j means %j', (reply, isWide) => {
  expect(hasWideSymbols(reply)).toBe(isWide);
});

test('the symbols are erased, so that nothing of them is left on the screen', () => {
  expect(REQUEST_WIDTH.endsWith('\x1b[2;1H\x1b[K')).toBe(true);
});
