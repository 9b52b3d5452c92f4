import { describe, expect, test } from 'vitest';
import { PROCESS_STATES } from '../../../src/protocol/process-state.ts';
import { neighborSort, nextSort, SORT_KEYS, sortRows } from '../../../src/tui/state/sort.ts';
import type { SortKey } from '../../../src/tui/state/state.ts';
import { programRow } from '../../support/program-row.ts';

const ROWS = [
  programRow({
    id: 'a',
    name: 'Zoo',
    pid: 30,
    state: 'failed',
    cpuPercent: null,
    memoryMb: 10,
    limits: { cpuPercent: null, memoryMb: null },
    restarts: 2,
    startedAt: null,
    processes: 0,
    why: 'c',
    source: 'y',
  }),
  programRow({
    id: 'b',
    name: 'ant',
    pid: null,
    state: 'running',
    cpuPercent: 90,
    memoryMb: null,
    limits: { cpuPercent: 1, memoryMb: 512 },
    restarts: 0,
    startedAt: '2026-11-21T09:00:00.000Z',
    processes: 5,
    why: 'a',
    source: 'z',
  }),
  programRow({
    id: 'c',
    name: 'Bee',
    pid: 7,
    state: 'stopped',
    cpuPercent: 0,
    memoryMb: 700,
    limits: { cpuPercent: 1, memoryMb: 64 },
    restarts: 9,
    startedAt: '2026-11-20T09:00:00.000Z',
    processes: 1,
    why: 'b',
    source: 'x',
  }),
];

function order(by: SortKey, descending: boolean): string {
  return sortRows(ROWS, { by, descending })
    .map(({ id }) => id)
    .join('');
}

test.each<[SortKey, string, string]>([
  ['name', 'bca', 'acb'],
  ['pid', 'cab', 'bac'],
  ['cpu', 'acb', 'bca'],
  ['memory', 'bac', 'cab'],
  ['limits', 'acb', 'bca'],
  ['restarts', 'bac', 'cab'],
  ['uptime', 'abc', 'cba'],
  ['tree', 'acb', 'bca'],
  ['why', 'bca', 'acb'],
  ['source', 'cab', 'bac'],
])('sorted by %s, programs are in the order %s, or %s if descending', (by, ascending, descending) => {
  expect(order(by, false)).toBe(ascending);
  expect(order(by, true)).toBe(descending);
});

test('states are sorted in the order of the states', () => {
  const rows = PROCESS_STATES.map((state) => programRow({ id: state, state }));
  expect(sortRows(rows.toReversed(), { by: 'status', descending: false }).map(({ id }) => id)).toEqual(PROCESS_STATES);
});

test('without a sort, programs keep the order of the engine', () => {
  expect(sortRows(ROWS, null)).toBe(ROWS);
});

test('equal programs keep the order of the engine in both directions', () => {
  const rows = ['x', 'y', 'z'].map((id) => programRow({ id, restarts: 3 }));
  for (const descending of [true, false]) {
    expect(sortRows(rows, { by: 'restarts', descending }).map(({ id }) => id)).toEqual(['x', 'y', 'z']);
  }
});

describe('choosing a sort key', () => {
  test.each<[SortKey, boolean]>([
    ['name', false],
    ['pid', false],
    ['status', false],
    ['cpu', true],
    ['memory', true],
    ['limits', true],
    ['restarts', true],
    ['uptime', true],
    ['tree', true],
    ['why', false],
    ['source', false],
  ])('%s starts descending: %s, and the same key again reverses the order', (by, descending) => {
    expect(nextSort(null, by)).toEqual({ by, descending });
    expect(nextSort({ by, descending }, by)).toEqual({ by, descending: !descending });
    expect(nextSort({ by, descending: !descending }, by)).toEqual({ by, descending });
  });

  test('another key starts in its own order', () => {
    expect(nextSort({ by: 'cpu', descending: false }, 'memory')).toEqual({ by: 'memory', descending: true });
  });
});

describe('neighboring columns', () => {
  test.each(SORT_KEYS.map((by, index) => [by, SORT_KEYS[(index + 1) % SORT_KEYS.length] ?? by] as const))(
    'after %s comes %s, and before it the other way round',
    (left, right) => {
      expect(neighborSort({ by: left, descending: true }, 1).by).toBe(right);
      expect(neighborSort({ by: right, descending: true }, -1).by).toBe(left);
    },
  );

  test('start with the first or the last column', () => {
    expect(neighborSort(null, 1).by).toBe('name');
    expect(neighborSort(null, -1).by).toBe('source');
  });
});
