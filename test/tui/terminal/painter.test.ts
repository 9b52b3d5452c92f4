import headless from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Painter } from '../../../src/tui/terminal/painter.ts';

describe('a frame', () => {
  test('is written line by line in one synchronized update', () => {
    expect(new Painter().bytesFor(['one', 'two'])).toBe(
      '\x1b[?2026h\x1b[1;1H\x1b[Kone\x1b[0m\x1b[2;1H\x1b[Ktwo\x1b[0m\x1b[?2026l',
    );
  });

  test('that did not change writes nothing', () => {
    const painter = new Painter();
    painter.bytesFor(['one', 'two']);
    expect(painter.bytesFor(['one', 'two'])).toBe('');
  });

  test('with one changed line writes only that line', () => {
    const painter = new Painter();
    painter.bytesFor(['one', 'two', 'three']);
    const bytes = painter.bytesFor(['one', '2', 'three']);
    expect(bytes).toContain('\x1b[2;1H\x1b[K2');
    expect(bytes).not.toContain('one');
    expect(bytes).not.toContain('three');
  });

  test('is written in full after the screen was lost', () => {
    const painter = new Painter();
    const first = painter.bytesFor(['one', 'two']);
    painter.forget();
    expect(painter.bytesFor(['one', 'two'])).toBe(first);
  });
});

test('after any sequence of frames, the terminal shows the last one', async () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '日'), maxLength: 5 });
  const frames = fc.array(fc.array(line, { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(frames, async (sequence) => {
      const painter = new Painter();
      const bytes = sequence.map((frame) => painter.bytesFor(frame)).join('');
      expect((await shown(bytes)).map((text) => text.trimEnd())).toEqual(
        sequence.at(-1)?.map((text) => text.trimEnd()),
      );
    }),
    { numRuns: 50 },
  );
});

async function shown(bytes: string): Promise<string[]> {
  const emulator = new headless.Terminal({ cols: 10, rows: 4, allowProposedApi: true });
  await new Promise<void>((resolve) => {
    emulator.write(`\x1b[?7l${bytes}`, resolve);
  });
  return Array.from({ length: 4 }, (_, row) => emulator.buffer.active.getLine(row)?.translateToString(true) ?? '');
}
