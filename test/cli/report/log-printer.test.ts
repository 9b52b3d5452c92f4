import { describe, expect, test } from 'vitest';
import {
  createLinePrinter,
  createRecordJoiner,
  mergeByTime,
  type OwnedLine,
} from '../../../src/cli/report/log-printer.ts';
import { createLineFilter } from '../../../src/cli/report/log-filter.ts';
import type { LogLine } from '../../../src/protocol/log-line.ts';
import { recordingTerminal } from '../../support/recording-terminal.ts';

function line(text: string, changes: Partial<LogLine> = {}): LogLine {
  return { time: null, stream: 'stdout', text, partial: false, ...changes };
}

describe('a filter', () => {
  test.each<[RegExp | undefined, LogLine['stream'] | undefined, LogLine, boolean]>([
    [undefined, undefined, line('anything'), true],
    [/err/u, undefined, line('an error'), true],
    [/err/u, undefined, line('fine'), false],
    [undefined, 'stderr', line('x', { stream: 'stderr' }), true],
    [undefined, 'stderr', line('x'), false],
    [/x/u, 'stderr', line('x'), false],
    [/x/u, 'stdout', line('x'), true],
    [/^$/u, undefined, line(''), true],
  ])('%s and stream %s: %j passes: %s', (grep, stream, tested, passes) => {
    expect(createLineFilter({ grep, stream })(tested)).toBe(passes);
  });
});

describe('records of long lines', () => {
  function joined(...records: readonly LogLine[]): LogLine[] {
    const join = createRecordJoiner();
    return records.map(join).filter((each) => each !== null);
  }

  test('are joined with the time of the first', () => {
    const [whole, ...others] = joined(
      line('a', { partial: true, time: 't1' }),
      line('b', { partial: true, time: 't2' }),
      line('c', { time: 't3' }),
    );
    expect(whole).toMatchObject({ text: 'abc', time: 't1', partial: false });
    expect(others).toEqual([]);
  });

  test('are joined separately for each stream', () => {
    const texts = joined(
      line('out ', { partial: true }),
      line('err ', { partial: true, stream: 'stderr' }),
      line('1'),
      line('2', { stream: 'stderr' }),
    ).map(({ text }) => text);
    expect(texts).toEqual(['out 1', 'err 2']);
  });

  test('without an end are printed once they are 1 MiB long', () => {
    const half = 'x'.repeat(512 * 1024);
    const records = joined(line(half, { partial: true }), line(half, { partial: true }), line('end'));
    expect(records.map(({ text }) => text.length)).toEqual([1024 * 1024, 3]);
  });
});

describe('a printer', () => {
  function printed(
    options: { timestamps: boolean; idColumns: number | null },
    ...lines: readonly OwnedLine[]
  ): readonly string[] {
    const terminal = recordingTerminal();
    lines.forEach(createLinePrinter(terminal, options));
    return terminal.out;
  }
  const hello: OwnedLine = { id: 'web', line: line('hello', { time: '2026-11-21T09:34:01.000Z' }) };

  test.each<[what: string, options: Parameters<typeof printed>[0], expected: RegExp]>([
    ['only text', { timestamps: false, idColumns: null }, /^hello$/],
    ['ids', { timestamps: false, idColumns: 6 }, /^web {3} \| hello$/],
    ['ids that are cut', { timestamps: false, idColumns: 2 }, /^w… \| hello$/],
    ['times', { timestamps: true, idColumns: null }, /^2026-11-21T\d\d:\d4:01\.000(?:Z|[+-]\d\d:\d\d) hello$/],
    [
      'ids and times',
      { timestamps: true, idColumns: 4 },
      /^web {2}\| 2026-11-21T\d\d:\d4:01\.000(?:Z|[+-]\d\d:\d\d) hello$/,
    ],
  ])('prints %s', (_what, options, expected) => {
    expect(printed(options, hello)).toEqual([expect.stringMatching(expected)]);
  });

  test('prints no time for a line without one', () => {
    expect(printed({ timestamps: true, idColumns: null }, { id: 'web', line: line('hello') })).toEqual(['hello']);
  });

  test('gives a pipe what the program wrote, and a screen no control characters', () => {
    const evil: OwnedLine = { id: 'web', line: line('a\x1b[2J\x1b[31mb\r') };
    expect(printed({ timestamps: false, idColumns: null }, evil)).toEqual(['a\x1b[2J\x1b[31mb\r']);
    const screen = recordingTerminal({ isScreen: true });
    createLinePrinter(screen, { timestamps: false, idColumns: null })(evil);
    expect(screen.out).toEqual(['ab']);
  });

  test('continues a line that was not finished, and starts a new one for other output', () => {
    const terminal = recordingTerminal();
    const print = createLinePrinter(terminal, { timestamps: false, idColumns: 3 });
    print({ id: 'a', line: line('Name? ', { partial: true }) });
    print({ id: 'a', line: line('Bob') });
    print({ id: 'a', line: line('Age? ', { partial: true }) });
    print({ id: 'b', line: line('other') });
    print({ id: 'a', line: line('7') });
    expect(terminal.out.join('')).toBe('a   | Name? Bob\na   | Age? \nb   | other\na   | 7');
  });

  test('redraws an unfinished line on a screen', () => {
    const terminal = recordingTerminal({ isScreen: true, columns: 20 });
    const print = createLinePrinter(terminal, { timestamps: false, idColumns: null });
    print({ id: 'a', line: line('10%', { partial: true }) });
    print({ id: 'a', line: line('\r20%', { partial: true }) });
    print({ id: 'a', line: line('\rdone') });
    expect(terminal.out).toEqual(['10%', '\r\x1b[K20%', '\r\x1b[Kdone\n']);
  });

  test('prints the bytes of the program with --raw', () => {
    const terminal = recordingTerminal({ isScreen: true });
    const print = createLinePrinter(terminal, { timestamps: false, idColumns: null, raw: true });
    print({ id: 'a', line: line('x\x1b[2J', { partial: true }) });
    print({ id: 'a', line: line('y\r') });
    expect(terminal.out.join('')).toBe('x\x1b[2Jy\r\n');
  });

  test('prints JSON with all fields and the unchanged text', () => {
    const terminal = recordingTerminal({ json: true });
    createLinePrinter(terminal, { timestamps: false, idColumns: null })({ id: 'web', line: line('a\x1bb') });
    expect(JSON.parse(terminal.out[0] ?? '')).toEqual({ id: 'web', time: null, stream: 'stdout', text: 'a\x1bb' });
  });
});

describe('lines of several programs', () => {
  const owned = (id: string, ...times: readonly (string | null)[]): OwnedLine[] =>
    times.map((time, index) => ({ id, line: line(`${id}${index}`, { time }) }));

  test.each<[what: string, programs: OwnedLine[][], order: string]>([
    ['none', [], ''],
    ['one program', [owned('a', '1', '2')], 'a0 a1'],
    ['ordered by time', [owned('a', '1', '3'), owned('b', '2', '4')], 'a0 b0 a1 b1'],
    ['equal times keep the order of programs', [owned('a', '1'), owned('b', '1')], 'a0 b0'],
    ['a line without a time follows its predecessor', [owned('a', '1', null, '4'), owned('b', '2')], 'a0 a1 b0 a2'],
    ['first lines without a time come first', [owned('a', '1'), owned('b', null, '2')], 'b0 a0 b1'],
  ])('%s', (_what, programs, order) => {
    expect(
      mergeByTime(programs)
        .map(({ line: { text } }) => text)
        .join(' '),
    ).toBe(order);
  });
});
