import { expect, test } from 'vitest';
import type { LastExit } from '../../../src/protocol/process-state.ts';
import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { isUnhealthy, parseFilter } from '../../../src/tui/state/filter.ts';
import { programRow } from '../../support/program-row.ts';

const ROWS = [
  programRow({ id: 'api', cpuPercent: 80, memoryMb: 300 }),
  programRow({
    id: 'worker-1',
    name: 'Billing Worker',
    state: 'cooldown',
    cpuPercent: null,
    memoryMb: null,
    restarts: 5,
  }),
  programRow({ id: 'worker-2', cpuPercent: 50, health: 'unhealthy' }),
];

test.each([
  ['', ['api', 'worker-1', 'worker-2']],
  ['work', ['worker-1', 'worker-2']],
  ['BILLING', ['worker-1']],
  ['!work', ['api']],
  ['status:cool', ['worker-1']],
  ['!status:run', ['worker-1']],
  ['cpu>50', ['api']],
  ['cpu<60', ['worker-2']],
  ['mem>100', ['api']],
  ['restarts>3', ['worker-1']],
  ['work cpu>10', ['worker-2']],
  ['!', ['api', 'worker-1', 'worker-2']],
  ['cpu>', ['api', 'worker-1', 'worker-2']],
  ['api|billing', ['api', 'worker-1']],
  ['~wrk2', ['worker-2']],
  ['/^work.*1$/', ['worker-1']],
  ['/(', ['api', 'worker-1', 'worker-2']],
  ['cpu>=50 cpu<=50', ['worker-2']],
  ['health:unh', ['worker-2']],
  ['restarts=5', ['worker-1']],
  ['toString:x', []],
])('the filter %j matches %j', (text, ids) => {
  expect(ROWS.filter(parseFilter(text)).map(({ id }) => id)).toEqual(ids);
});

const NOW = Date.parse('2026-11-21T10:00:00.000Z');

test('programs in cooldown and programs that fail their health check are unhealthy', () => {
  expect(ROWS.filter((row) => isUnhealthy(row, NOW)).map(({ id }) => id)).toEqual(['worker-1', 'worker-2']);
});

function exitAgo(ms: number, how: { code: number | null; signal: string | null }): LastExit {
  return { ...how, coreDumped: false, at: new Date(NOW - ms).toISOString(), uptimeMs: 20_000, reason: '' };
}

function restartsAgo(...ms: readonly number[]): SnapshotRow['recentRestarts'] & object {
  return { at: ms.map((ago) => new Date(NOW - ago).toISOString()), limit: 5, windowMs: 60_000 };
}

const CRASH = { code: 1, signal: null };

test.each<[string, Partial<SnapshotRow>, boolean]>([
  ['crashed a minute ago', { restarts: 3, lastExit: exitAgo(60_000, CRASH) }, true],
  ['was killed a minute ago', { restarts: 1, lastExit: exitAgo(60_000, { code: null, signal: 'SIGSEGV' }) }, true],
  ['has been up for a long time since a crash', { restarts: 3, lastExit: exitAgo(301_000, CRASH) }, false],
  [
    'was restarted by an operator',
    { restarts: 1, lastExit: exitAgo(60_000, { code: null, signal: 'SIGTERM' }) },
    false,
  ],
  ['exited with code 0', { restarts: 1, lastExit: exitAgo(60_000, { code: 0, signal: null }) }, false],
  ['was restarted twice within a minute, by health checks', { recentRestarts: restartsAgo(50_000, 20_000) }, true],
  ['was restarted once within a minute', { recentRestarts: restartsAgo(20_000) }, false],
  ['was restarted often before that', { recentRestarts: restartsAgo(90_000, 80_000, 10_000) }, false],
  ['is starting', { state: 'starting', startedAt: new Date(NOW - 5_000).toISOString() }, false],
  ['does not finish starting', { state: 'starting', startedAt: new Date(NOW - 31_000).toISOString() }, true],
  ['was stopped after a crash', { state: 'stopped', restarts: 3, lastExit: exitAgo(60_000, CRASH) }, false],
])('whether a program that %s is unhealthy', (_, changes, expected) => {
  expect(isUnhealthy(programRow(changes), NOW)).toBe(expected);
});
