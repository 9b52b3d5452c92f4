import { describe, expect, test } from 'vitest';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import {
  findRow,
  recordDetailHeight,
  recordTabOf,
  selectAnomalies,
  selectCooldownRows,
  selectCurrentRow,
  selectEvents,
  selectIsStale,
  selectListedRows,
  selectListHeight,
  selectLogHeight,
  selectRecordKeys,
  selectRecordProgram,
  selectRecordsHeight,
  selectTargets,
  selectVisibleRows,
  selectWantedLog,
  selectZombies,
} from '../../../src/tui/store/selectors.ts';
import { emptyRecords } from '../../../src/tui/state/record-list.ts';
import type { ListView, RecordTab, State, View } from '../../../src/tui/state/state.ts';
import { engineEvent, programRow } from '../../support/program-row.ts';
import { anomaly, cooldownView, DOWN, lastExit, secondsAgo, secondsAhead, VIEWS, zombie } from '../support/samples.ts';
import { NOW, screenWith } from '../support/states.ts';

const ROWS = [
  programRow({ id: 'api', cpuPercent: 80 }),
  programRow({ id: 'web', cpuPercent: 5, state: 'failed' }),
  programRow({ id: 'worker', cpuPercent: 40, restarts: 1, lastExit: lastExit() }),
];
const PROGRAM: View = { kind: 'program', id: 'web', from: 'events', logOf: ['web'] };

function withList(changes: Partial<ListView>, rest: Partial<State> = {}): State {
  const state = screenWith(ROWS, rest);
  return { ...state, list: { ...state.list, ...changes } };
}

function ids(rows: readonly SnapshotRow[]): string[] {
  return rows.map(({ id }) => id);
}

describe('visible rows', () => {
  test.each<[Partial<ListView>, string[]]>([
    [{}, ['web', 'worker', 'api']],
    [{ sort: { by: 'listed', descending: false } }, ['api', 'web', 'worker']],
    [{ filter: 'w' }, ['web', 'worker']],
    [{ filter: 'cpu>20' }, ['worker', 'api']],
    [{ filter: 'nothing' }, []],
    [{ unhealthyOnly: true }, ['web', 'worker']],
    [{ unhealthyOnly: true, filter: 'work' }, ['worker']],
    [{ sort: { by: 'cpu', descending: true } }, ['api', 'worker', 'web']],
    [{ sort: { by: 'name', descending: true } }, ['worker', 'web', 'api']],
    [{ sort: { by: 'cpu', descending: false }, filter: 'w' }, ['web', 'worker']],
  ])('with %j are %j', (list, expected) => {
    expect(ids(selectVisibleRows(withList(list)))).toEqual(expected);
  });

  test('are the same array until something changes', () => {
    const state = withList({ filter: 'w' });
    expect(selectVisibleRows({ ...state, ticks: 9 })).toBe(selectVisibleRows(state));
  });

  test('include a crashed program until it has been up for 5 min', () => {
    const state = withList({ unhealthyOnly: true });
    expect(ids(selectVisibleRows({ ...state, nowMs: NOW + 235_000 }))).toContain('worker');
    expect(ids(selectVisibleRows({ ...state, nowMs: NOW + 245_000 }))).not.toContain('worker');
  });
});

describe('the Cooldown tab', () => {
  const rows = [
    programRow({ id: 'calm' }),
    programRow({ id: 'close' }),
    programRow({ id: 'cold', state: 'cooldown', cooldownUntil: secondsAhead(9) }),
    programRow({ id: 'unknown' }),
  ];
  const restarts = [1, 2, 3, 4].map((seconds) => ({ at: secondsAgo(seconds), cause: 'crash' as const }));
  const cooldowns = [cooldownView('calm'), cooldownView('close', { restarts }), cooldownView('cold')];
  const state = screenWith(rows, { cooldowns, view: { kind: 'tab', tab: 'cooldown' } });

  test('lists programs in cooldown first, then those that are closest to it', () => {
    expect(selectCooldownRows(state).map(({ row }) => row.id)).toEqual(['cold', 'close', 'calm', 'unknown']);
    expect(ids(selectListedRows(state))).toEqual(['cold', 'close', 'calm', 'unknown']);
  });

  test('has no restarts of programs that have not been read', () => {
    expect(selectCooldownRows(state).map(({ view }) => view?.restarts.length ?? null)).toEqual([0, 4, 0, null]);
  });

  test('does not affect the order of other tabs', () => {
    expect(ids(selectListedRows(screenWith(rows, { cooldowns })))).toEqual(['cold', 'calm', 'close', 'unknown']);
  });
});

const RECORDS: Partial<State> = {
  events: [engineEvent(1, { process: 'api' }), engineEvent(2, { process: null }), engineEvent(3, { process: 'gone' })],
  anomalies: [anomaly(1, { id: 'web' }), anomaly(2, { id: 'api' })],
  zombies: {
    kind: 'read',
    zombies: [zombie(5), zombie(9, { program: null }), zombie(7, { program: 'web' })],
    seenAtMs: NOW,
  },
};

function withRecords(tab: RecordTab, filter: string, selectedIndex = 0): State {
  const state = screenWith(ROWS, { ...RECORDS, view: { kind: 'tab', tab } });
  return { ...state, records: { ...state.records, [tab]: { ...emptyRecords(false), filter, selectedIndex } } };
}

describe('records', () => {
  test.each<[RecordTab, string, string[]]>([
    ['events', '', ['1', '2', '3']],
    ['events', 'process:engine', ['2']],
    ['events', 'seq>1', ['2', '3']],
    ['anomalies', '', ['2', '1']],
    ['anomalies', 'process:web', ['1']],
    ['zombies', '', ['9', '7', '5']],
    ['zombies', 'pid<8', ['7', '5']],
  ])('of %s with the filter %j have the keys %j', (tab, filter, keys) => {
    expect(selectRecordKeys(withRecords(tab, filter), tab)).toEqual(keys);
  });

  test('are empty until they have been read', () => {
    const state = screenWith(ROWS);
    expect(selectEvents(state)).toEqual([]);
    expect(selectAnomalies(state)).toEqual([]);
    expect(selectZombies(state)).toEqual([]);
  });

  test('of zombies are empty if the engine cannot list them', () => {
    expect(selectZombies(screenWith(ROWS, { zombies: { kind: 'refused', reason: 'no' } }))).toEqual([]);
  });

  test.each<[RecordTab, number, string | null]>([
    ['events', 0, 'api'],
    ['events', 1, null],
    ['events', 2, null],
    ['events', 9, null],
    ['anomalies', 0, 'api'],
    ['anomalies', 1, 'web'],
    ['zombies', 0, null],
    ['zombies', 1, 'web'],
    ['zombies', 2, null],
  ])('of %s: the program of record %i is %j', (tab, index, id) => {
    const state = withRecords(tab, '', index);
    expect(selectRecordProgram(state, tab)).toBe(id);
    expect(selectCurrentRow(state)?.id ?? null).toBe(id);
  });
});

test.each([
  ['processes', null],
  ['anomalies', 'anomalies'],
  ['zombies', 'zombies'],
  ['cooldown', null],
  ['events', 'events'],
] as const)('the tab %s has the records %s', (tab, records) => {
  expect(recordTabOf({ kind: 'tab', tab })).toBe(records);
});

test('an opened program has no records', () => {
  expect(recordTabOf(PROGRAM)).toBeNull();
});

test.each([
  [0, 0],
  [6, 0],
  [7, 3],
  [11, 3],
  [12, 4],
  [50, 4],
])('a list of records on %i rows has %i rows of details', (height, rows) => {
  expect(recordDetailHeight(height, 'anomalies')).toBe(rows);
});

test.each([
  [12, 4],
  [16, 7],
  [24, 10],
])('the healing log on %i rows has %i rows for the event and what was printed before it', (height, rows) => {
  expect(recordDetailHeight(height, 'events')).toBe(rows);
});

const MANY = Array.from({ length: 40 }, (_, index) => `p${index}`);

test.each([
  [10, 5, 5, 2],
  [15, 9, 6, 6],
  [24, 17, 10, 10],
  [30, 13, 13, 9],
  [50, 24, 32, 20],
])('on %i rows, %i programs, %i records and %i rows of a log are shown', (rows, programs, records, log) => {
  const size = { columns: 80, rows };
  const [processes, events, program] = [VIEWS[0], VIEWS[4], VIEWS[5]].map((view) =>
    screenWith(MANY, { size, ...(view === undefined ? {} : { view }) }),
  );
  expect(processes && selectListHeight(processes)).toBe(programs);
  expect(events && selectRecordsHeight(events)).toBe(records);
  expect(program && selectLogHeight(program)).toBe(log);
});

test('heights are never less than one', () => {
  const help = screenWith(ROWS, { overlay: { kind: 'help', page: 0 } });
  expect([selectListHeight(help), selectRecordsHeight(help), selectLogHeight(help)]).toEqual([1, 1, 1]);
});

describe('targets', () => {
  test.each<[string, Partial<ListView>, string[]]>([
    ['the selected program', {}, ['web']],
    ['marked programs', { marked: new Set(['web', 'worker']) }, ['web', 'worker']],
    ['nothing if there is no selection', { selectedId: null }, []],
  ])('are %s', (_, list, expected) => {
    expect(selectTargets(withList(list)).map(({ id }) => id)).toEqual(expected);
  });

  test('are only the opened program, even if others are marked', () => {
    expect(selectTargets(withList({ marked: new Set(['api']) }, { view: PROGRAM }))).toEqual([
      { id: 'web', name: 'web', pid: 4711 },
    ]);
  });
});

describe('the log that is streamed', () => {
  test.each<[string, Partial<State>, string[]]>([
    ['no program on a low screen', { size: { columns: 80, rows: 23 } }, []],
    ['the selected program if the table leaves room', {}, ['web']],
    ['the selected program on a high screen', { size: { columns: 80, rows: 30 } }, ['web']],
    ['no program if zoomed', { size: { columns: 80, rows: 30 }, isZoomed: true }, []],
    ['the opened program', { view: PROGRAM }, ['web']],
    ['all programs that were opened', { view: { ...PROGRAM, logOf: ['api', 'web'] } }, ['api', 'web']],
    ['no program on other tabs', { size: { columns: 80, rows: 50 }, view: { kind: 'tab', tab: 'events' } }, []],
  ])('is that of %s', (_, changes, expected) => {
    expect(selectWantedLog(screenWith(ROWS, changes))).toEqual(expected);
  });
});

test('a program is found by its id', () => {
  const state = screenWith(ROWS);
  expect(findRow(state, 'web')).toBe(ROWS[1]);
  expect(findRow(state, 'none')).toBeNull();
  expect(findRow(state, null)).toBeNull();
});

test('the screen is stale only after it has been connected', () => {
  expect(selectIsStale(screenWith(ROWS))).toBe(false);
  expect(selectIsStale(screenWith(ROWS, { connection: DOWN }))).toBe(true);
  expect(selectIsStale(screenWith(ROWS, { connection: DOWN, status: null }))).toBe(false);
});
