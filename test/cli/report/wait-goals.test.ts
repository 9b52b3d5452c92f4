import { describe, expect, test } from 'vitest';
import { progressTo, type WaitGoal } from '../../../src/cli/report/wait-goals.ts';
import { PROCESS_STATES, type ProcessStateName } from '../../../src/protocol/process-state.ts';
import type { ProcessRow } from '../../../src/protocol/snapshot.ts';
import { programRow } from '../../support/program-row.ts';

function kindOf(goal: WaitGoal, changes: Partial<ProcessRow>, first: Partial<ProcessRow> = {}): string {
  return progressTo(goal, programRow(first), programRow(changes)).kind;
}

const WITHOUT_PROCESS: readonly ProcessStateName[] = [
  'waiting',
  'backoff',
  'cooldown',
  'failed',
  'exited',
  'stopped',
  'disabled',
];

describe('each state of a program', () => {
  test.each(PROCESS_STATES)('%s', (state) => {
    const row = { state, pid: WITHOUT_PROCESS.includes(state) ? null : 4711 };
    const isIdle = ['failed', 'exited', 'stopped', 'disabled'].includes(state);
    expect(kindOf('ready', row)).toBe(state === 'running' ? 'reached' : isIdle ? 'out-of-reach' : 'pending');
    expect(kindOf('healthy', row)).toBe(isIdle ? 'out-of-reach' : 'pending');
    expect(kindOf('stopped', row)).toBe(isIdle ? 'reached' : 'pending');
    expect(kindOf('exited', row)).toBe(WITHOUT_PROCESS.includes(state) ? 'reached' : 'pending');
  });
});

test('a program is healthy once its check passes', () => {
  expect(kindOf('healthy', { health: 'healthy' })).toBe('reached');
  expect(kindOf('healthy', { health: 'unhealthy' })).toBe('pending');
  expect(kindOf('healthy', { health: 'healthy', state: 'starting' })).toBe('pending');
});

test('a run is over once another one has begun, even with the same pid', () => {
  expect(kindOf('exited', { pid: 4712 })).toBe('reached');
  expect(kindOf('exited', { startedAt: '2026-11-21T10:00:00.000Z' })).toBe('reached');
  expect(kindOf('exited', {})).toBe('pending');
});

test('a removed program has stopped, and will not be ready', () => {
  const first = programRow();
  expect(progressTo('stopped', first, undefined)).toEqual({ kind: 'reached', how: 'was removed' });
  expect(progressTo('exited', first, undefined)).toEqual({ kind: 'reached', how: 'was removed' });
  expect(progressTo('ready', first, undefined)).toEqual({
    kind: 'out-of-reach',
    why: 'will not be ready: it was removed',
  });
});

test.each([
  [{ code: 3, signal: null }, 'has exited, exit code 3'],
  [{ code: null, signal: 'SIGSEGV' }, 'has exited, ended by SIGSEGV'],
  [{ code: null, signal: null }, 'has exited'],
] as const)('the exit %j is named', (exit, how) => {
  const lastExit = { ...exit, at: '2026-11-21T10:00:00.000Z', uptimeMs: 1000, reason: 'exited', coreDumped: false };
  const row = programRow({ state: 'exited', pid: null, lastExit });
  expect(progressTo('exited', programRow(), row)).toEqual({ kind: 'reached', how });
});
