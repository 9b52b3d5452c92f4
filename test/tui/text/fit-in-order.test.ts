import { expect, test } from 'vitest';
import { fitInOrder } from '../../../src/tui/text/fit-in-order.ts';

test.each([
  [0, []],
  [2, []],
  [3, ['abc']],
  [7, ['abc']],
  [8, ['abc', 'defgh']],
  [9, ['abc', 'defgh', 'i']],
  [99, ['abc', 'defgh', 'i']],
])('in %i columns, the items %j fit', (room, fitted) => {
  expect([...fitInOrder(['abc', 'defgh', 'i'], room, (item) => item.length).keys()]).toEqual(fitted);
});

test('the first item that does not fit ends the list, even if a later one would fit', () => {
  expect([...fitInOrder(['a', 'long item', 'b'], 5, (item) => item.length).keys()]).toEqual(['a']);
});

test('an item may take less if little is left', () => {
  const widths = fitInOrder(['one', 'two'], 15, (_, left) => Math.min(10, left));
  expect([...widths]).toEqual([
    ['one', 10],
    ['two', 5],
  ]);
});
