import fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from '../../../src/base/display-width.ts';
import { fitColumns } from '../../../src/tui/layout/columns.ts';
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
