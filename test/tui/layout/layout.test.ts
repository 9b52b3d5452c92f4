import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/base/display-width.ts';
import { isTooSmall, type Layout, layoutOf, placeAt } from '../../../src/tui/layout/layout.ts';
import { type PartName, SCREEN } from '../../../src/tui/layout/screen.ts';
import { composeFrame } from '../../../src/tui/lines/frame.ts';
import type { Overlay, State, View } from '../../../src/tui/state/state.ts';
import { textField } from '../../../src/tui/state/text-field.ts';
import { plainMessage } from '../../../src/tui/store/messages.ts';
import { NOW, pens, press, screenWith } from '../support/states.ts';

const SIZES = [
  { columns: 40, rows: 10 },
  { columns: 60, rows: 13 },
  { columns: 60, rows: 15 },
  { columns: 80, rows: 24 },
  { columns: 100, rows: 30 },
  { columns: 120, rows: 39 },
  { columns: 200, rows: 50 },
  { columns: 320, rows: 110 },
];

const MANY = Array.from({ length: 40 }, (_, index) => `program-${index}`);

const PROGRAM: View = { kind: 'program', id: 'web', from: 'processes', logOf: ['web'] };

const VIEWS: readonly View[] = [
  ...(['processes', 'anomalies', 'zombies', 'cooldown', 'events'] as const).map((tab) => ({
    kind: 'tab' as const,
    tab,
  })),
  PROGRAM,
];

const TARGETS = Array.from({ length: 40 }, (_, index) => ({ id: `p${index}`, name: `program-${index}`, pid: null }));

const OVERLAYS: readonly Overlay[] = [
  { kind: 'none' },
  { kind: 'prompt', purpose: 'filter', field: textField('web'), before: '' },
  { kind: 'palette', field: textField(), chosen: -1 },
  { kind: 'sort' },
  { kind: 'hold', targets: TARGETS.slice(0, 1) },
  { kind: 'confirm', question: { operation: 'stop', targets: TARGETS.slice(0, 1), params: {} } },
  { kind: 'confirm', question: { operation: 'stop', targets: TARGETS, params: {} } },
  { kind: 'confirmClean', count: 2, parents: ['api (1)', 'web (2)'] },
  { kind: 'help', page: 0 },
];

const DOWN = { kind: 'down', sinceMs: NOW, reason: 'gone', isAbsent: true, isStarting: false } as const;
const REFUSAL = plainMessage('cannot remove "web": '.repeat(20), 'bad', NOW);

/** Each combination of what can change a height, at one size. */
function statesAt(size: State['size']): State[] {
  const form = press(screenWith(['web'], { size }), 'a').state.overlay;
  return VIEWS.flatMap((view) =>
    [...OVERLAYS, form].flatMap((overlay) =>
      [{}, { isZoomed: true }, { connection: DOWN }, { message: REFUSAL }, { connection: DOWN, message: REFUSAL }].map(
        (changes) => screenWith(['web', 'api'], { size, view, overlay, ...changes }),
      ),
    ),
  );
}

function shownParts(layout: Layout): PartName[] {
  return SCREEN.map(({ name }) => name).filter((name) => layout[name] > 0);
}

describe.each(SIZES)('at $columns x $rows', (size) => {
  const states = statesAt(size);

  test('the rows of all parts add up to the height of the screen', () => {
    for (const state of states) {
      const layout = layoutOf(state);
      const rows = SCREEN.map(({ name }) => layout[name]);
      expect(rows.reduce((sum, count) => sum + count)).toBe(size.rows);
      expect(Math.min(...rows)).toBe(0);
    }
  });

  test('each row belongs to one part, from top to bottom in the order of the table', () => {
    for (const state of states) {
      const layout = layoutOf(state);
      const places = Array.from({ length: size.rows }, (_, row) => placeAt(layout, { row, column: 0 }, size.columns));
      const expected = SCREEN.flatMap(({ name }) =>
        Array.from({ length: layout[name] }, (_, line) => ({ part: name, line })),
      );
      expect(places).toEqual(expected);
      expect(placeAt(layout, { row: size.rows, column: 0 }, size.columns)).toBeNull();
    }
  });

  test('header, tabs, message and keys are always shown', () => {
    for (const state of states) {
      expect(shownParts(layoutOf(state))).toEqual(expect.arrayContaining(['header', 'tabs', 'message', 'footer']));
    }
  });

  test('a frame has a line for each row', () => {
    for (const state of states) expect(composeFrame(state, pens(), null)).toHaveLength(size.rows);
  });
});

describe('the log on a wide screen', () => {
  const size = { columns: 140, rows: 40 };
  const long = screenWith(MANY, { size });

  test('is beside a table that needs more rows than it would get, and below a short one', () => {
    expect(layoutOf(long)).toMatchObject({ tail: 0, logColumns: 63 });
    expect(layoutOf(screenWith(['web'], { size })).logColumns).toBe(0);
    expect(layoutOf({ ...long, size: { columns: 139, rows: 40 } }).logColumns).toBe(0);
  });

  test('is beside the facts and charts of a program, but not if several are opened or it is zoomed', () => {
    const state = screenWith(['web', 'api'], { size, view: PROGRAM });
    expect(layoutOf(state)).toMatchObject({ facts: 0, charts: 0, logColumns: 63 });
    expect(layoutOf({ ...state, isZoomed: true }).logColumns).toBe(0);
    expect(layoutOf({ ...state, view: { ...PROGRAM, logOf: ['web', 'api'] } }).logColumns).toBe(0);
  });

  test('| puts it below and beside again', () => {
    const below = press(long, '|').state;
    expect(layoutOf(below).logColumns).toBe(0);
    expect(layoutOf(below).tail).toBeGreaterThan(0);
    expect(layoutOf(press(below, '|').state).logColumns).toBe(63);
    expect(press(screenWith(['web']), '|').state.message?.text).toContain('140 columns');
  });

  test('a row of the screen belongs to the table on the left and to the log on the right', () => {
    const layout = layoutOf(long);
    const row = layout.header + layout.gap + layout.tabs + 3;
    expect(placeAt(layout, { row, column: 76 }, 140)).toEqual({ part: 'table', line: 3 });
    expect(placeAt(layout, { row, column: 77 }, 140)).toEqual({ part: 'tail', line: 3 });
  });

  test('keys act on it when it has the focus, and each frame is as wide as the screen', () => {
    const focused = press(long, 'tab').state;
    expect(focused.focus).toBe('log');
    for (const state of [long, focused, press(long, 'l').state, press(long, 'l', 't').state]) {
      for (const text of composeFrame(state, pens(), null))
        expect(displayWidth(stripVTControlCharacters(text))).toBeLessThanOrEqual(140);
    }
  });
});

describe('rows that the table does not need', () => {
  function heights(count: number, rows: number, changes: Partial<State> = {}): [table: number, tail: number] {
    const { table, tail } = layoutOf(screenWith(MANY.slice(0, count), { size: { columns: 80, rows }, ...changes }));
    return [table, tail];
  }

  test.each([
    [2, 24, 5, 13],
    [14, 24, 15, 3],
    [15, 24, 18, 0],
    [2, 23, 17, 0],
    [15, 35, 16, 13],
    [15, 50, 16, 27],
    [40, 50, 25, 18],
    [0, 24, 18, 0],
  ])('of %i programs on %i rows go to the log: %i and %i', (count, rows, table, tail) => {
    expect(heights(count, rows)).toEqual([table, tail]);
  });

  test('are given back by moving the border', () => {
    const state = screenWith(MANY, { size: { columns: 80, rows: 24 } });
    const moved = press(state, ...Array<string>(5).fill('ctrl-up')).state;
    expect(layoutOf(moved)).toMatchObject({ table: 11, tail: 7 });
    expect(layoutOf(press(moved, 'ctrl-down', 'ctrl-down').state)).toMatchObject({ table: 13, tail: 5 });
    expect(layoutOf(press(moved, ...Array<string>(9).fill('ctrl-down')).state)).toMatchObject({ table: 15, tail: 3 });
    expect(layoutOf(press(moved, ...Array<string>(30).fill('ctrl-up')).state)).toMatchObject({ table: 3, tail: 15 });
  });

  test('do not exist where no log is below the list, which a message says', () => {
    expect(press(screenWith(MANY), '4', 'ctrl-up').state.message?.text).toBe(
      'there is no room for the log below this list',
    );
  });
});

test.each<[string, State['size'], Partial<State>, Partial<Layout>]>([
  ['the table', { columns: 80, rows: 24 }, {}, { header: 3, tabs: 1, table: 18, message: 1, footer: 1 }],
  ['a shorter header', { columns: 80, rows: 19 }, {}, { header: 2, tabs: 1, table: 14, message: 1, footer: 1 }],
  ['a header of one line', { columns: 80, rows: 13 }, {}, { header: 1, tabs: 1, table: 9, message: 1, footer: 1 }],
  [
    'the end of a log below the table',
    { columns: 80, rows: 30 },
    {},
    { header: 3, tabs: 1, table: 14, tail: 10, message: 1, footer: 1 },
  ],
  [
    'no log when zoomed',
    { columns: 80, rows: 30 },
    { isZoomed: true },
    { header: 3, tabs: 1, table: 24, message: 1, footer: 1 },
  ],
  [
    'an empty line below the header',
    { columns: 80, rows: 40 },
    { isZoomed: true },
    { header: 3, gap: 1, tabs: 1, table: 33, message: 1, footer: 1 },
  ],
  [
    'the banner of a lost connection',
    { columns: 80, rows: 24 },
    { connection: DOWN },
    { header: 3, banner: 1, tabs: 1, table: 17, message: 1, footer: 1 },
  ],
  [
    'a refusal on three lines',
    { columns: 80, rows: 24 },
    { message: REFUSAL },
    { header: 3, tabs: 1, table: 16, message: 3, footer: 1 },
  ],
])('%s', (_, size, changes, expected) => {
  const layout = layoutOf(screenWith(MANY, { size, ...changes }));
  expect(Object.fromEntries(shownParts(layout).map((name) => [name, layout[name]]))).toEqual(expected);
});

test.each([
  [10, { title: 1, charts: 2, log: 3 }],
  [13, { title: 1, charts: 2, log: 6 }],
  [20, { title: 1, charts: 2, log: 11 }],
  [24, { title: 1, facts: 4, charts: 2, log: 11 }],
  [30, { title: 1, facts: 4, charts: 9, log: 10 }],
  [32, { title: 1, facts: 6, charts: 9, log: 10 }],
  [50, { title: 1, facts: 6, charts: 15, log: 21 }],
])('on %i rows the screen of a program shows %j', (rows, expected) => {
  const layout = layoutOf(screenWith(['web'], { size: { columns: 80, rows }, view: PROGRAM }));
  const body = ['title', 'facts', 'charts', 'log'] as const;
  expect(Object.fromEntries(body.filter((name) => layout[name] > 0).map((name) => [name, layout[name]]))).toEqual(
    expected,
  );
});

test('zoomed, the screen of a program shows its title and its log', () => {
  const layout = layoutOf(screenWith(['web'], { view: PROGRAM, isZoomed: true }));
  expect(layout).toMatchObject({ title: 1, facts: 0, charts: 0, log: 17 });
});

test.each([
  [1, 0],
  [2, 1],
  [40, 4],
])('a question about %i programs has %i lines of names', (count, names) => {
  const question = { operation: 'stop', targets: TARGETS.slice(0, count), params: {} } as const;
  expect(layoutOf(screenWith(['web'], { overlay: { kind: 'confirm', question } })).dialog).toBe(3 + names);
});

test('completions take at most nine rows, and at most half of what the frame leaves', () => {
  const overlay = { kind: 'palette', field: textField(), chosen: -1 } as const;
  expect(layoutOf(screenWith(['web'], { overlay })).dialog).toBe(9);
  expect(layoutOf(screenWith(['web'], { overlay, size: { columns: 40, rows: 12 } })).dialog).toBe(4);
});

test('the layout is the same object until a height changes', () => {
  const state = screenWith(['web', 'api']);
  expect(layoutOf(press(state, 'j').state)).toBe(layoutOf(state));
  expect(layoutOf({ ...state, nowMs: NOW + 5000, ticks: 7 })).toBe(layoutOf(state));
  expect(layoutOf(press(state, 'X').state)).not.toEqual(layoutOf(state));
});

test.each([
  [{ columns: 40, rows: 10 }, false],
  [{ columns: 39, rows: 10 }, true],
  [{ columns: 40, rows: 9 }, true],
])('whether %j is too small: %s', (size, expected) => {
  const state = screenWith(['web'], { size });
  expect(isTooSmall(state)).toBe(expected);
  expect(composeFrame(state, pens(), null)[0]?.startsWith('terminal too small')).toBe(expected);
});

describe('the border of a log beside the rest', () => {
  const size = { columns: 200, rows: 50 };
  const program = press(screenWith(MANY, { size }), 'enter').state;

  test.each([
    ['the table', screenWith(MANY, { size })],
    ['facts and charts', program],
  ])('is moved beside %s, and stops at its ends', (_, state) => {
    expect(layoutOf(state).logColumns).toBe(90);
    expect(layoutOf(press(state, 'ctrl-up', 'ctrl-up').state).logColumns).toBe(98);
    expect(layoutOf(press(state, 'ctrl-up', 'ctrl-down', 'ctrl-down').state).logColumns).toBe(86);
    const largest = press(state, ...Array<string>(40).fill('ctrl-up')).state;
    expect(layoutOf(largest).logColumns).toBe(152);
    expect(largest.message?.text).toBe('the border is at its end');
    expect(layoutOf(press(largest, 'ctrl-down').state).logColumns).toBeLessThan(152);
    expect(layoutOf(press(state, ...Array<string>(40).fill('ctrl-down')).state).logColumns).toBe(48);
  });

  test('stays where the log of a program is below, and says why', () => {
    const state = press(screenWith(MANY, { size: { columns: 100, rows: 30 } }), 'enter', 'ctrl-up').state;
    expect(state.message?.text).toBe('the log has all rows that are left; z zooms it');
  });
});
