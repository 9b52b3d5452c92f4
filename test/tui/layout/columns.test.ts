import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../../src/base/display-width.ts';
import { fitColumns } from '../../../src/tui/layout/columns.ts';
import { columnAt } from '../../../src/tui/layout/columns-at.ts';
import { composeFrame } from '../../../src/tui/lines/frame.ts';
import { programRow } from '../../support/program-row.ts';
import { pens, press, screenWith } from '../support/states.ts';

function headers(columns: number): string[] {
  return fitColumns(columns).map(({ column }) => column.header);
}

test.each([
  [38, ['Process', 'Status', 'CPU %']],
  [58, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Rst']],
  [78, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Rst', 'Uptime', 'Trend']],
])('%i columns have room for %j', (columns, wanted) => {
  expect(headers(columns)).toEqual(wanted);
});

test('the widest screen shows every column', () => {
  expect(headers(198)).toContain('Source');
});

test('columns never need more than the available width', () => {
  fc.assert(
    fc.property(fc.integer({ min: 36, max: 300 }), (columns) => {
      const fitted = fitColumns(columns);
      const used = fitted.reduce((sum, { width }) => sum + width, 0) + fitted.length - 1;
      expect(used).toBeLessThanOrEqual(columns);
    }),
  );
});

test('no line is wider than the screen, whatever the names of programs are', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '日', 'é', '👩‍💻', ' '), minLength: 1, maxLength: 40 });
  const size = fc.record({ columns: fc.integer({ min: 40, max: 210 }), rows: fc.integer({ min: 10, max: 55 }) });
  const keys = fc.constantFrom([], ['4'], ['5'], ['enter']);
  fc.assert(
    fc.property(name, size, keys, (text, screen, pressed) => {
      const row = programRow({ name: text, why: text, source: text });
      const { state } = press(screenWith([row, 'b'], { size: screen }), ...pressed);
      const frame = composeFrame(state, pens(), null);
      expect(frame).toHaveLength(screen.rows);
      for (const line of frame) expect(displayWidth(line)).toBeLessThanOrEqual(screen.columns);
    }),
    { numRuns: 200 },
  );
});

const NARROWEST = ['Process', 'Status', 'CPU %'];

test.each<[number, boolean, string[]]>([
  [38, false, NARROWEST],
  [43, false, [...NARROWEST, 'MB']],
  [51, false, ['Process', 'PID', 'Status', 'CPU %', 'MB']],
  [56, false, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Rst']],
  [64, false, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Rst', 'Uptime']],
  [73, false, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Rst', 'Uptime', 'Trend']],
  [85, false, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Limits', 'Rst', 'Uptime', 'Trend']],
  [94, false, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Limits', 'Rst', 'Cooldown', 'Uptime', 'Trend']],
  [119, false, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Limits', 'Rst', 'Cooldown', 'Uptime', 'Trend', 'Why']],
  [
    124,
    false,
    ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Limits', 'Rst', 'Cooldown', 'Uptime', 'Trend', 'Tree', 'Why'],
  ],
  [
    145,
    false,
    [
      'Process',
      'PID',
      'Status',
      'CPU %',
      'MB',
      'Limits',
      'Rst',
      'Cooldown',
      'Uptime',
      'Trend',
      'Tree',
      'Why',
      'Source',
    ],
  ],
  [38, true, NARROWEST],
  [76, true, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Why']],
  [84, true, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Uptime', 'Why']],
  [105, true, ['Process', 'PID', 'Status', 'CPU %', 'MB', 'Uptime', 'Why', 'Source']],
])('with %i columns or more (wide: %s) these are shown: %j', (columns, isWide, wanted) => {
  const names = (room: number): string[] => fitColumns(room, isWide).map(({ column }) => column.header);
  expect(names(columns)).toEqual(wanted);
  if (columns > 38) expect(names(columns - 1)).not.toEqual(wanted);
});

test.each([
  [40, { Process: 17 }],
  [80, { Process: 19, Trend: 8 }],
  [200, { Process: 26, Trend: 24, Why: 49 }],
  [300, { Process: 26, Trend: 24, Why: 72, Source: 32 }],
])('in %i columns, spare room makes columns grow to %j', (columns, widths) => {
  const fitted = new Map(fitColumns(columns).map(({ column, width }) => [column.header, width]));
  for (const [header, width] of Object.entries(widths)) expect(fitted.get(header)).toBe(width);
});

test.each([
  [0, 'name'],
  [2, 'name'],
  [25, 'pid'],
  [32, 'status'],
  [45, 'cpu'],
  [53, 'memory'],
  [60, 'restarts'],
  [66, 'uptime'],
  [75, null],
  [79, null],
])('on 80 columns, a click at column %i sorts by %j', (column, key) => {
  expect(columnAt(screenWith(['a']), column)).toBe(key);
});
