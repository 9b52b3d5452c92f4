import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../../src/base/display-width.ts';
import { COLUMNS } from '../../../src/tui/layout/columns.ts';
import { fitColumns } from '../../../src/tui/layout/fit-columns.ts';
import type { TableNeeds } from '../../../src/tui/layout/table-needs.ts';
import { columnAt } from '../../../src/tui/layout/columns-at.ts';
import { composeFrame } from '../../../src/tui/lines/frame.ts';
import { programRow } from '../../support/program-row.ts';
import { pens, press, screenWith } from '../support/states.ts';

const NEEDS: TableNeeds = {
  name: 8,
  hasCpuLimit: true,
  hasMemoryLimit: true,
  folder: '/srv/app/',
  source: 14,
  why: 72,
};

function headers(columns: number): string[] {
  return fitColumns(columns, false, NEEDS).map(({ column }) => column.header);
}

test('the widest screen shows every column', () => {
  expect(headers(198)).toContain('Source');
});

test('columns never need more than the available width', () => {
  fc.assert(
    fc.property(fc.integer({ min: 36, max: 300 }), (columns) => {
      const fitted = fitColumns(columns, false, NEEDS);
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

const NARROWEST = ['Process', 'Status', 'CPU'];
const BASE = ['Process', 'Status', 'CPU', 'Memory', 'Restarts', 'Uptime'];
const ALL = COLUMNS.map(({ header }) => header);

function without(...headers: readonly string[]): string[] {
  return ALL.filter((header) => !headers.includes(header));
}

test.each<[number, boolean, string[]]>([
  [37, false, NARROWEST],
  [47, false, [...NARROWEST, 'Memory']],
  [56, false, [...NARROWEST, 'Memory', 'Restarts']],
  [64, false, BASE],
  [77, false, [...BASE, 'Why']],
  [85, false, ['Process', 'PID', ...BASE.slice(1), 'Why']],
  [115, false, without('Mem trend', 'Cooldown', 'Tree', 'Source')],
  [125, false, without('Cooldown', 'Tree', 'Source')],
  [144, false, without('Tree', 'Source')],
  [149, false, without('Source')],
  [169, false, ALL],
  [60, true, [...NARROWEST, 'Memory', 'Why']],
  [73, true, [...NARROWEST, 'Memory', 'Source', 'Why']],
])('with %i columns or more (wide: %s) these are shown: %j', (columns, isWide, wanted) => {
  const names = (room: number): string[] => fitColumns(room, isWide, NEEDS).map(({ column }) => column.header);
  expect(names(columns)).toEqual(wanted);
  expect(names(columns - 1)).not.toEqual(wanted);
});

test('without reasons to show, their column gives its room to others', () => {
  const names = fitColumns(78, false, { ...NEEDS, why: 0 }).map(({ column }) => column.header);
  expect(names).toEqual(['Process', 'PID', ...BASE.slice(1)]);
});

test.each<[number, Partial<TableNeeds>, Readonly<Record<string, number>>]>([
  [80, { name: 40 }, { Process: 28 }],
  [118, { name: 40 }, { Process: 40, CPU: 14, Memory: 15, Why: 13 }],
  [198, { name: 40 }, { Process: 40, Memory: 15, Why: 31 }],
  [198, { name: 90 }, { Process: 48 }],
  [118, { hasCpuLimit: false, hasMemoryLimit: false }, { CPU: 8, Memory: 9 }],
  [198, {}, { Process: 12, Memory: 15, Why: 59 }],
])('in %i columns, %j makes columns as wide as %j', (columns, needs, widths) => {
  const fitted = fitColumns(columns, false, { ...NEEDS, ...needs }).map(({ column, width }) => [column.header, width]);
  expect(Object.fromEntries(fitted)).toMatchObject(widths);
});

test.each([
  [0, 'name'],
  [2, 'name'],
  [15, 'pid'],
  [25, 'status'],
  [40, 'cpu'],
  [50, 'memory'],
  [60, 'memory'],
  [65, 'restarts'],
  [75, 'uptime'],
  [79, 'uptime'],
])('on 80 columns, a click at column %i sorts by %j', (column, key) => {
  expect(columnAt(screenWith(['a']), column)).toBe(key);
});

test('right of the last column, a click sorts by nothing', () => {
  expect(columnAt(screenWith(['a'], { size: { columns: 300, rows: 24 } }), 299)).toBeNull();
});
