import { describe, expect, test } from 'vitest';
import { tableLines } from '../../../src/tui/lines/table-lines.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { programRow } from '../../support/program-row.ts';
import { DOWN, scene, secondsAgo, secondsAhead, visible } from '../support/samples.ts';
import { pens, press, screenWith } from '../support/states.ts';

const ROWS = [
  programRow({ id: 'api', startedAt: secondsAgo(5), cpuPercent: 80, memoryMb: 500, restarts: 2, why: 'started' }),
  programRow({ id: 'web', state: 'backoff', pid: null, startedAt: null, retryAt: secondsAhead(3), why: 'crashed' }),
];

function shown(state: State, height = 4): string[] {
  return visible(tableLines(state, scene(state.size.columns, height)));
}

test.each([
  [40, '  Process         Status           CPU %', '▌ api             ● running         80.0'],
  [
    80,
    '  Process               PID Status           CPU %      MB  Rst  Uptime Trend',
    '▌ api                  4711 ● running         80.0   500.0    2    <10s',
  ],
])('on %i columns, the heading is %j and a row is %j', (columns, heading, row) => {
  expect(shown(screenWith(ROWS, { size: { columns, rows: 24 } })).slice(0, 2)).toEqual([heading, row]);
});

test('a program without a process has empty figures', () => {
  expect(shown(screenWith(ROWS))[2]).toMatch(/^ {2}web +◐ backoff 3s +1\.5 +48\.2 +0$/);
});

test('the column "Cooldown" counts the restarts in the window, and shows the time left of a cooldown', () => {
  const recentRestarts = { at: [secondsAgo(20), secondsAgo(5)], limit: 5, windowMs: 60_000 };
  const rows = [
    programRow({ id: 'api', restarts: 7, recentRestarts }),
    programRow({ id: 'web', state: 'cooldown', cooldownUntil: secondsAhead(42), restarts: 5, recentRestarts }),
    programRow({ id: 'calm' }),
  ];
  const [heading = '', ...lines] = shown(screenWith(rows, { size: { columns: 100, rows: 24 } }), 5);
  const end = heading.indexOf('Cooldown') + 'Cooldown'.length;
  expect(lines.slice(0, 3).map((line) => line.slice(end - 8, end).trim())).toEqual(['2/5', '42s', '']);
});

test('the wide table has reasons on 80 columns', () => {
  expect(shown(press(screenWith(ROWS), 'v').state)[0]).toContain('Why');
  expect(shown(screenWith(ROWS))[0]).not.toContain('Why');
});

describe('the sorted column', () => {
  test.each([
    [['o', 'c'], 'CPU %▼'],
    [['o', 'c', 'o', 'c'], 'CPU %▲'],
    [['o', 'n'], 'Process▲'],
    [['o', 'm'], 'MB▼'],
  ])('after the keys %j is marked as %j', (keys, mark) => {
    expect(shown(press(screenWith(ROWS), ...keys).state)[0]).toContain(mark);
  });
});

test('marked programs have a mark', () => {
  const [, first, second] = shown(press(screenWith(ROWS), ' ').state);
  expect(first?.startsWith(' ✓api')).toBe(true);
  expect(second?.startsWith('▌ web')).toBe(true);
});

test('figures close to their limit are highlighted', () => {
  const colored = { ...pens({ color: '16' }), columns: 80, height: 4 };
  const [, , second] = tableLines(
    screenWith([ROWS[1] ?? programRow(), programRow({ id: 'api', memoryMb: 500 })], {}),
    colored,
  );
  expect(second).toContain('\x1b[33m   500.0\x1b[0m');
});

test('a stale table is muted', () => {
  const colored = { ...pens({ color: '16' }), columns: 80, height: 4 };
  const [, , second] = tableLines(screenWith(ROWS, { connection: DOWN }), colored);
  expect(second).toContain('\x1b[2m');
  expect(second).not.toContain('\x1b[33m');
});

describe('an empty table', () => {
  const empty = screenWith([]);

  test.each<[string, State, string]>([
    ['connecting', { ...empty, status: null, connection: { kind: 'connecting' } }, 'connecting to the engine ...'],
    [
      'without an engine',
      { ...empty, status: null, connection: DOWN },
      'the engine is not running; press u to start it',
    ],
    [
      'while the engine starts',
      { ...empty, status: null, connection: { ...DOWN, isStarting: true } },
      'starting the engine ...',
    ],
    [
      'if the engine refuses',
      { ...empty, status: null, connection: { ...DOWN, isAbsent: false, reason: 'not allowed' } },
      'not allowed',
    ],
    [
      'without programs',
      { ...empty, size: { columns: 120, rows: 24 } },
      'no programs yet; press a to add one, or list some in process_list.txt and run "healer up"',
    ],
    ['after a filter', press(screenWith(ROWS), '/', 'x').state, 'no program matches "x"; press Esc to show all'],
    ['without unhealthy programs', press(screenWith(['a']), '!').state, 'no unhealthy programs'],
  ])('%s shows why', (_, state, text) => {
    expect(shown(state)[2]).toBe(`  ${text}`);
  });
});

test('shows the window around the selection', () => {
  const many = screenWith(Array.from({ length: 60 }, (_, index) => `p${index}`));
  const lines = shown(press(many, 'G').state, 18);
  expect(lines[1]?.trim()).toMatch(/^p43 /);
  expect(lines.at(-1)).toMatch(/^▌ p59 /);
});

test('trends grow with the samples', () => {
  const state = settle({ ...screenWith(ROWS), trends: new Map([['api', [0, 50, 100]]]) });
  expect(shown(state)[1]).toMatch(/▄█$/);
});
