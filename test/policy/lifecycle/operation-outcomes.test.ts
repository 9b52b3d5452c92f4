import { describe, expect, test } from 'vitest';
import { factOf, isDone, isStuck, type Operation } from '../../../src/policy/lifecycle/operation-rules.ts';
import type { LifecycleState } from '../../../src/policy/lifecycle/state.ts';
import { EACH_STATE, RUN } from '../../support/programs.ts';

const STUCK: LifecycleState = { name: 'stopping', run: RUN, goal: { kind: 'stop' }, stage: 'stuck', exit: null };
const FORCED: LifecycleState = { ...STUCK, stage: 'forced' };
const OPTIONS = { graceful: true, timeoutMs: null };

describe('an operation is not complete', () => {
  test.each<[Operation, readonly string[]]>([
    ['start', ['launching', 'stopping']],
    ['restart', ['launching', 'stopping']],
    ['enable', ['launching', 'stopping']],
    ['cooldownReset', ['launching', 'stopping']],
    ['stop', ['stopping']],
    ['kill', ['stopping']],
    ['disable', ['stopping']],
    ['pause', ['stopping']],
    ['resume', ['stopping']],
    ['reload', []],
  ])('for %s exactly in the states %j', (operation, expected) => {
    expect(EACH_STATE.filter((state) => !isDone(operation, state)).map(({ name }) => name)).toEqual(expected);
  });

  test.each<[Operation]>([['stop'], ['restart'], ['disable']])(
    'while %s waits for SIGKILL, but once that failed',
    (operation) => {
      expect(isDone(operation, FORCED)).toBe(false);
      expect(isDone(operation, STUCK)).toBe(true);
    },
  );
});

test('a program is stuck only after it survived SIGKILL', () => {
  expect(EACH_STATE.filter(isStuck)).toEqual([]);
  expect(isStuck(FORCED)).toBe(false);
  expect(isStuck(STUCK)).toBe(true);
});

test.each<[Operation, Parameters<typeof factOf>[1], object]>([
  ['start', OPTIONS, { kind: 'startRequested', by: 'operator' }],
  ['stop', OPTIONS, { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'operator' }],
  ['stop', { graceful: false, timeoutMs: 5 }, { kind: 'stopRequested', graceful: false, timeoutMs: 5, by: 'operator' }],
  ['stop', { ...OPTIONS, by: 'engine' }, { kind: 'stopRequested', graceful: true, timeoutMs: null, by: 'engine' }],
  ['kill', OPTIONS, { kind: 'stopRequested', graceful: false, timeoutMs: null, by: 'operator' }],
  ['restart', { ...OPTIONS, timeoutMs: 5 }, { kind: 'restartRequested', timeoutMs: 5, by: 'operator' }],
  ['reload', OPTIONS, { kind: 'reloadRequested' }],
  ['pause', OPTIONS, { kind: 'pauseRequested' }],
  ['resume', OPTIONS, { kind: 'resumeRequested' }],
  ['enable', OPTIONS, { kind: 'enableRequested' }],
  ['disable', OPTIONS, { kind: 'disableRequested' }],
  ['cooldownReset', OPTIONS, { kind: 'cooldownResetRequested' }],
])('%s with %j is the fact %j', (operation, options, fact) => {
  expect(factOf(operation, options)).toEqual(fact);
});
