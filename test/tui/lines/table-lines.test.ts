import { describe, expect, test } from 'vitest';
import { PROCESS_STATES } from '../../../src/protocol/process-state.ts';
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
  [40, '  Process      Status               CPU', '▌ web          ◐ backoff 3s        1.5%'],
  [
    80,
    '  Process      Status               CPU    Memory Restarts  Uptime Why',
    '▌ web          ◐ backoff 3s        1.5%   48/512M        0         crashed',
  ],
])('on %i columns, the heading is %j and a row is %j', (columns, heading, row) => {
  expect(shown(screenWith(ROWS, { size: { columns, rows: 24 } })).slice(0, 2)).toEqual([heading, row]);
});

test('a program without a process has empty figures', () => {
  const down = programRow({
    id: 'web',
    state: 'stopped',
    pid: null,
    cpuPercent: null,
    memoryMb: null,
    startedAt: null,
  });
  expect(shown(screenWith([down]))[1]).toMatch(/^▌ web +○ stopped +-\/512M +0 +started$/);
});

test('the column "Cooldown" counts the restarts in the window, and shows the time left of a cooldown', () => {
  const recentRestarts = { at: [secondsAgo(20), secondsAgo(5)], limit: 5, windowMs: 60_000 };
  const rows = [
    programRow({ id: 'api', restarts: 7, recentRestarts }),
    programRow({ id: 'web', state: 'cooldown', cooldownUntil: secondsAhead(42), restarts: 5, recentRestarts }),
    programRow({ id: 'calm' }),
  ];
  const [heading = '', ...lines] = shown(screenWith(rows, { size: { columns: 140, rows: 24 } }), 5);
  const end = heading.indexOf('Cooldown') + 'Cooldown'.length;
  expect(lines.slice(0, 3).map((line) => line.slice(end - 8, end).trim())).toEqual(['2/5', '42s', '']);
});

test('the wide table has sources and reasons on 80 columns', () => {
  expect(shown(press(screenWith(ROWS), 'v').state)[0]).toMatch(/Source +Why/);
  expect(shown(screenWith(ROWS))[0]).not.toContain('Source');
});

describe('the sorted column', () => {
  test.each([
    [['o', 'c'], 'CPU▼'],
    [['o', 'c', 'o', 'c'], 'CPU▲'],
    [['o', 'n'], 'Process▲'],
    [['o', 'm'], 'Memory▼'],
  ])('after the keys %j is marked as %j', (keys, mark) => {
    expect(shown(press(screenWith(ROWS), ...keys).state)[0]).toContain(mark);
  });
});

test('marked programs have a mark', () => {
  const [, first, second] = shown(press(screenWith(ROWS), ' ').state);
  expect(first?.startsWith(' ✓web')).toBe(true);
  expect(second?.startsWith('▌ api')).toBe(true);
});

test('figures close to their limit are highlighted', () => {
  const colored = { ...pens({ color: '16' }), columns: 80, height: 4 };
  const [, , second] = tableLines(
    screenWith([ROWS[1] ?? programRow(), programRow({ id: 'api', memoryMb: 500 })], {}),
    colored,
  );
  // eslint-disable-next-line no-control-regex -- the sequences of the colors
  expect(second).toMatch(/\x1b\[33m +500\/512M\x1b\[0m/);
});

describe('usage against limits', () => {
  const row = programRow({
    id: 'leak',
    cpuPercent: 30.4,
    memoryMb: 328,
    limits: { cpuPercent: 60, memoryMb: 400 },
    source: '/srv/app/healer.yaml:3',
  });
  const other = programRow({ id: 'calm', memoryMb: 20, limits: { cpuPercent: null, memoryMb: null } });

  test('is drawn as gauges on wide screens', () => {
    const [, first, second] = shown(screenWith([row, other], { size: { columns: 140, rows: 24 } }));
    expect(first).toContain(' 30/60% ▇▇▁▁▁ ');
    expect(first).toContain(' 328/400M ▇▇▇▇▁  82% ');
    expect(second).toMatch(/ 1\.5% {7}.* 20M {14}/);
  });

  test('is drawn with ASCII characters only, if asked to', () => {
    const ascii = { ...pens({ ascii: true }), columns: 200, height: 4 };
    for (const text of visible(tableLines(screenWith([row, other], { size: { columns: 200, rows: 24 } }), ascii)))
      expect(text).toMatch(/^[ -~]*$/);
  });

  test('of programs with gigabytes is shown in GB', () => {
    const large = programRow({ memoryMb: 20_480, limits: { cpuPercent: null, memoryMb: 30_720 } });
    expect(shown(screenWith([large]))[1]).toContain('20.0/30.0G');
  });
});

describe('programs that need attention', () => {
  const recentRestarts = { at: [secondsAgo(20), secondsAgo(5)], limit: 5, windowMs: 60_000 };
  const loop = programRow({
    id: 'loop',
    state: 'backoff',
    restarts: 44,
    recentRestarts,
    retryAt: secondsAhead(3),
    lastExit: {
      at: secondsAgo(5),
      code: 3,
      signal: null,
      coreDumped: false,
      uptimeMs: 12,
      reason: 'exited with code 3',
    },
    why: 'exited with code 3 after 12 ms',
  });

  test('come first, with their reason and their recent restarts', () => {
    const [, first, second] = shown(screenWith(['calm', loop], { size: { columns: 200, rows: 24 } }));
    expect(first).toMatch(/loop .* 44 ↑2 .*exit 3 ×2 → retry: exited with code 3 after 12 ms/);
    expect(second).toMatch(/calm/);
    expect(second).not.toContain('started');
  });

  test('keep their place in the order of the engine', () => {
    expect(shown(press(screenWith(['calm', loop]), 'o', 'o').state)[1]).toContain('calm');
  });
});

test('long names are cut in the middle, and a common folder stands in the heading only', () => {
  const rows = ['order-reconciliation-eu-01', 'order-reconciliation-eu-02'].map((id, index) =>
    programRow({ id, source: `/srv/app/healer.yaml:${String(index)}`, state: 'stopped' }),
  );
  expect(shown(screenWith(rows, { size: { columns: 60, rows: 24 } }))[1]).toMatch(/^▌ order-recon…ation-eu-01/);
  const [heading, first] = shown(screenWith(rows, { size: { columns: 200, rows: 24 } }));
  expect(heading).toContain('Source in /srv/app/');
  expect(first).toMatch(/order-reconciliation-eu-01.* healer\.yaml:0/);
  expect(first).not.toContain('/srv/app');
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
  const state = settle({
    ...screenWith([ROWS[0] ?? programRow()], { size: { columns: 140, rows: 24 } }),
    trends: new Map([['api', [0, 50, 100]]]),
    memoryTrends: new Map([['api', [100, 100, 110, 130, 180, null]]]),
  });
  expect(shown(state)[1]).toMatch(/▄█ +▁▁▂▄█ /);
});

describe('rows that were drawn before look as if they were drawn for the first time', () => {
  const recentRestarts = { at: [secondsAgo(50), secondsAgo(5)], limit: 3, windowMs: 60_000 };
  const lastExit = {
    code: 1,
    signal: null,
    coreDumped: false,
    reason: 'crashed',
    at: secondsAgo(30),
    wasHealing: false,
    uptimeMs: 1000,
  };
  const states = PROCESS_STATES.map((state) => programRow({ id: state, state, restarts: 3, lastExit }));
  const rows = [
    ...ROWS,
    ...states,
    programRow({ id: 'calm', startedAt: secondsAgo(3), lastExit: null }),
    programRow({ id: 'often', startedAt: secondsAgo(3), recentRestarts }),
    programRow({ id: 'late', state: 'starting', startedAt: secondsAgo(3) }),
    programRow({ id: 'cool', state: 'cooldown', cooldownUntil: secondsAhead(90), recentRestarts }),
    programRow({ id: 'held', healing: 'held', health: 'unhealthy' }),
  ];
  const first = screenWith(rows, { size: { columns: 200, rows: 50 } });

  function expectSame(state: State): void {
    const fresh = { ...state, rows: structuredClone(state.rows) };
    expect(shown(state, 40)).toEqual(shown(fresh, 40));
  }

  test('at any time', () => {
    for (let after = 0; after < 700; after += 1) expectSame({ ...first, nowMs: first.nowMs + after * 1000 });
  });

  test('after keys, and with other figures, trends and connections', () => {
    const marked = press(first, 'space').state;
    const states = [
      first,
      press(first, 'j').state,
      marked,
      press(first, 'v').state,
      first,
      { ...first, connection: DOWN },
    ];
    const trends = new Map([['calm', [1, 50, 100]]]);
    for (const state of [...states, { ...first, trends }, { ...first, memoryTrends: trends }, first]) expectSame(state);
  });
});
