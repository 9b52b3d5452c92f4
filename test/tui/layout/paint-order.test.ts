import { expect, test } from 'vitest';
import { layoutOf } from '../../../src/tui/layout/layout.ts';
import { paintOrder } from '../../../src/tui/layout/paint-order.ts';
import { composeFrame } from '../../../src/tui/lines/frame.ts';
import { visible } from '../support/samples.ts';
import { pens, press, screenWith } from '../support/states.ts';

test('every row of the screen is sent once, and the newest line of a log before the charts', () => {
  const size = { columns: 120, rows: 35 };
  const state = {
    ...screenWith(['web']),
    size,
    view: { kind: 'program', id: 'web', from: 'processes', logOf: ['web'] },
  } as const;
  const { order, parts } = paintOrder(state);
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 35 }, (_, row) => row));
  const layout = layoutOf(state);
  const newest = parts.lastIndexOf('log');
  expect(parts.filter((part) => part === 'log')).toHaveLength(layout.log);
  expect(order.indexOf(newest)).toBeLessThan(order.indexOf(parts.indexOf('charts')));
  expect(order.indexOf(parts.indexOf('message'))).toBeLessThan(order.indexOf(newest));
});

test('the processes of a program come before its log, because a key asked for them', () => {
  const view = { kind: 'program', id: 'web', from: 'processes', logOf: ['web'] } as const;
  const state = { ...screenWith(['web']), size: { columns: 120, rows: 35 }, view, showsTree: true };
  const { order, parts } = paintOrder(state);
  const places = (part: string) => order.flatMap((row, at) => (parts[row] === part ? [at] : []));
  expect(Math.max(...places('charts'))).toBeLessThan(Math.min(...places('log')));
  expect(Math.min(...places('charts'))).toBeLessThan(Math.min(...places('facts')));
});

test.each([
  { columns: 80, rows: 24 },
  { columns: 120, rows: 35 },
])('a table begins with its heading and what is selected, and its border comes last, at $columns x $rows', (size) => {
  const state = press({ ...screenWith(['a', 'b', 'c']), size }, 'j').state;
  const { order, parts } = paintOrder(state);
  const table = order.filter((row) => parts[row] === 'table');
  const lines = visible(composeFrame(state, pens(), null));
  const texts = table.map((row) => lines[row] ?? '');
  expect(texts[0]).toContain('Process');
  expect(texts[1]).toContain('\u258c b');
  expect(texts.findIndex((text) => text.includes('\u256d'))).not.toBe(0);
});
