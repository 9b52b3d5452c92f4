import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Painter } from '../../../src/tui/terminal/painter.ts';
import { findScrolledRows } from '../../../src/tui/terminal/scrolled-rows.ts';

const lineNamed = (number: number): string => `12:00:00   line ${String(number)} of a log that grows`;
const logFrom = (first: number): string[] => Array.from({ length: 10 }, (_, index) => lineNamed(first + index));

test('a log that grows by two lines sends two lines', () => {
  const painter = new Painter();
  const frame = (first: number): string[] => ['title', ...logFrom(first), 'footer'];
  painter.bytesFor(frame(1));
  expect(findScrolledRows(frame(1), frame(3))).toEqual({ from: 1, to: 11, by: 2 });
  const bytes = painter.bytesFor(frame(3));
  expect(bytes).toContain('\x1b[2;11r\x1b[11;1H\n\n\x1b[r');
  expect(bytes).toContain(lineNamed(12));
  expect(bytes).not.toContain(lineNamed(10));
  expect(bytes.length).toBeLessThan(160);
});

test('rows that changed in place do not scroll', () => {
  expect(findScrolledRows(logFrom(1), logFrom(100))).toBeNull();
  expect(findScrolledRows(['a', 'b', 'c', 'd', 'e'], ['b', 'c', 'd', 'e', 'f'])).toBeNull();
});

test('after any scrolling, the terminal shows the last frame', async () => {
  const step = fc.record({ by: fc.integer({ min: -4, max: 6 }), title: fc.constantFrom('a', 'b') });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async (steps) => {
      const painter = new Painter();
      let first = 10;
      let frame: readonly string[] = [];
      let bytes = '';
      for (const { by, title } of steps) {
        first += by;
        frame = [title, ...logFrom(first), 'footer'];
        bytes += painter.bytesFor(frame);
      }
      const terminal = new headless.Terminal({ cols: 60, rows: 12, allowProposedApi: true });
      await new Promise<void>((resolve) => {
        terminal.write(bytes, resolve);
      });
      const shown = frame.map((_, row) => terminal.buffer.active.getLine(row)?.translateToString(true));
      expect(shown).toEqual(frame);
    }),
  );
});
