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
    expect(bytes).not.toContain('two');
    expect(bytes).not.toContain('one');
    expect(bytes).not.toContain('three');
  });

  test('with a changed figure writes only the figure', () => {
    const painter = new Painter();
    painter.bytesFor(['api  \x1b[32mrunning\x1b[0m   1.5%  40M   │']);
    expect(painter.bytesFor(['api  \x1b[32mrunning\x1b[0m   2.5%  40M   │'])).toBe(
      '\x1b[?2026h\x1b[1;16H2.5%\x1b[?2026l',
    );
    expect(painter.bytesFor(['api  \x1b[31mstopped\x1b[0m   2.5%  40M   │'])).toBe(
      '\x1b[?2026h\x1b[1;6H\x1b[31mstopped\x1b[0m\x1b[?2026l',
    );
  });

  test('with characters of an uncertain width writes the whole line', () => {
    const painter = new Painter();
    painter.bytesFor(['日本 one']);
    expect(painter.bytesFor(['日本 two'])).toContain('\x1b[1;1H\x1b[K日本 two');
  });

  test('with characters of an uncertain width behind a changed figure writes only the figure', () => {
    const painter = new Painter();
    painter.bytesFor(['\x1b[31mapi\x1b[0m 1.5 \x1b[32m|\x1b[0m 日本']);
    expect(painter.bytesFor(['\x1b[31mapi\x1b[0m 2.5 \x1b[32m|\x1b[0m 日本'])).toBe(
      '\x1b[?2026h\x1b[1;5H2.5\x1b[?2026l',
    );
  });

  test('with a mark over a changed character writes both', () => {
    const painter = new Painter();
    painter.bytesFor(['\x1b[31ma\x1b[0m\u0301x']);
    expect(painter.bytesFor(['\x1b[31mb\x1b[0m\u0301x'])).toContain('\u0301');
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

test('after any changes of styled cells, the terminal shows the last frame in the same style', async () => {
  const piece = fc.tuple(fc.constantFrom('', '\x1b[31m', '\x1b[7m'), fc.constantFrom('a', 'b ', '  ', 'cc', '▇▁'));
  const line = fc
    .array(piece, { maxLength: 5 })
    .map((pieces) => pieces.map(([style, text]) => (style === '' ? text : `${style}${text}\x1b[0m`)).join(''));
  const frames = fc.array(fc.array(line, { minLength: 4, maxLength: 4 }), { minLength: 2, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(frames, async (sequence) => {
      const painter = new Painter();
      const bytes = sequence.map((frame) => painter.bytesFor(frame)).join('');
      const whole = new Painter().bytesFor(sequence.at(-1) ?? []);
      expect(await cellsOf(bytes)).toEqual(await cellsOf(whole));
    }),
    { numRuns: 100 },
  );
});

/** Returns each cell with its character and its style. */
async function cellsOf(bytes: string): Promise<string[]> {
  const emulator = new headless.Terminal({ cols: 10, rows: 4, allowProposedApi: true });
  await new Promise<void>((resolve) => {
    emulator.write(`\x1b[?7l${bytes}`, resolve);
  });
  return Array.from({ length: 40 }, (_, index) => {
    const cell = emulator.buffer.active.getLine(Math.floor(index / 10))?.getCell(index % 10);
    const character = (cell?.getChars() ?? '').padEnd(1);
    return `${character}${String(cell?.getFgColor())}${String(cell?.isInverse())}`;
  });
}

async function shown(bytes: string): Promise<string[]> {
  const emulator = new headless.Terminal({ cols: 10, rows: 4, allowProposedApi: true });
  await new Promise<void>((resolve) => {
    emulator.write(`\x1b[?7l${bytes}`, resolve);
  });
  return Array.from({ length: 4 }, (_, row) => emulator.buffer.active.getLine(row)?.translateToString(true) ?? '');
}

describe('a frame on a slow line', () => {
  const portion = (bytes: number, parts: readonly string[] = []) => ({ bytes, order: [3, 2, 1, 0], parts });

  test('is sent in portions, the rows that matter first', () => {
    const painter = new Painter();
    const first = painter.bytesFor(['one', 'two', 'three', 'four'], portion(10));
    expect(first).toContain('four');
    expect(first).not.toContain('three');
    expect(painter.isUnfinished).toBe(true);
    const others = [painter.rest(portion(10)), painter.rest(portion(10)), painter.rest(portion(10))];
    expect(others.map((bytes) => /one|two|three/.exec(bytes)?.[0])).toEqual(['three', 'two', 'one']);
    expect(painter.isUnfinished).toBe(false);
    expect(painter.rest(portion(10))).toBe('');
  });

  test('erases at once what the rows of another part showed', () => {
    const painter = new Painter();
    painter.bytesFor(['a1', 'a2', 'the first of b', 'the second of b'], portion(1000, ['a', 'a', 'b', 'b']));
    const bytes = painter.bytesFor(['c1', 'c2', 'd1', 'd2'], portion(1, ['c', 'c', 'b', 'b']));
    expect(bytes).toContain('\x1b[1;1H\x1b[K');
    expect(bytes).toContain('\x1b[2;1H\x1b[K');
    expect(bytes).not.toContain('\x1b[3;1H');
  });

  test('has no more bytes than its portion, with what it erases', () => {
    const painter = new Painter();
    const rows = (text: string) => Array.from({ length: 30 }, (_, row) => `${text}${String(row)}`.padEnd(60, text));
    const order = Array.from({ length: 30 }, (_, row) => row);
    const partsOf = (name: string) => ({ order, parts: order.map(() => name) });
    painter.bytesFor(rows('a'), { bytes: 10_000, ...partsOf('table') });
    const bytes = painter.bytesFor(rows('b'), { bytes: 600, ...partsOf('help') });
    expect(bytes).toContain('b0');
    expect(bytes.length).toBeLessThan(700);
    expect(bytes).toContain('\x1b[1;1H\x1b[J');
  });

  test('is complete after its last portion, also if another frame came in between', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '日'), maxLength: 5 });
    const frames = fc.array(
      fc.tuple(fc.array(line, { minLength: 4, maxLength: 4 }), fc.nat(60), fc.nat(3), fc.constantFrom('p', 'q')),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(frames, async (sequence) => {
        const painter = new Painter();
        let bytes = '';
        for (const [frame, size, portions, part] of sequence) {
          const portionOf = portion(size, [part, part, 'r', 'r']);
          bytes += painter.bytesFor(frame, portionOf);
          for (let count = 0; count < portions; count += 1) bytes += painter.rest(portionOf);
        }
        bytes += painter.rest(null);
        expect((await shown(bytes)).map((text) => text.trimEnd())).toEqual(
          sequence.at(-1)?.[0].map((text) => text.trimEnd()),
        );
      }),
      { numRuns: 100 },
    );
  });
});

describe('blanks and styles take few bytes', () => {
  test('a change up to the end of the line is erased there instead of filled with blanks', () => {
    const painter = new Painter();
    painter.bytesFor([`took 31 ms${' '.repeat(60)}`]);
    expect(painter.bytesFor([`lost it${' '.repeat(63)}`])).toBe('\x1b[?2026h\x1b[1;1Hlost it\x1b[K\x1b[?2026l');
  });

  test('a wide gap inside a change is erased', () => {
    const painter = new Painter();
    painter.bytesFor([`a b${' '.repeat(20)}c d|`]);
    expect(painter.bytesFor([`x b${' '.repeat(20)}c y|`])).toBe(
      '\x1b[?2026h\x1b[1;1Hx b\x1b[20X\x1b[20Cc y|\x1b[?2026l',
    );
  });

  test('neighbors of one style are sent with one', () => {
    const bytes = new Painter().bytesFor(['\x1b[1ma\x1b[0m\x1b[1mb\x1b[0m\x1b[31mc\x1b[0m']);
    expect(bytes).toBe('\x1b[?2026h\x1b[1;1H\x1b[K\x1b[1mab\x1b[0m\x1b[31mc\x1b[0m\x1b[?2026l');
  });
});
