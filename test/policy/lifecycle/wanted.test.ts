import { describe, expect, test } from 'vitest';
import type { StopGoal } from '../../../src/policy/lifecycle/state.ts';
import { isWanted } from '../../../src/policy/lifecycle/wanted.ts';
import { EACH_STATE, RUN } from '../../support/programs.ts';

describe('a program', () => {
  test('is wanted unless it was stopped or disabled, or has completed its work', () => {
    const unwanted = EACH_STATE.filter((state) => !isWanted(state)).map(({ name }) => name);
    expect(unwanted).toEqual(['disabled', 'stopped', 'stopping', 'exited']);
  });

  test.each<[boolean, StopGoal]>([
    [false, { kind: 'stop' }],
    [false, { kind: 'disable' }],
    [false, { kind: 'remove' }],
    [true, { kind: 'restart', cause: 'operator' }],
    [true, { kind: 'heal', fault: 'too much memory', cause: 'limit' }],
    [true, { kind: 'fail', fault: 'unhealthy' }],
    [true, { kind: 'await-fleet', afterMs: 60_000 }],
    [true, { kind: 'clear-up' }],
  ])('that is being stopped is wanted: %s, if what follows is %j', (expected, goal) => {
    expect(isWanted({ name: 'stopping', run: RUN, goal, stage: 'graceful', exit: null })).toBe(expected);
  });
});
