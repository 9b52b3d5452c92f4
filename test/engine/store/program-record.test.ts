import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromRecord, toRecord } from '../../../src/engine/store/program-record.ts';
import type { LifecycleState } from '../../../src/policy/lifecycle/state.ts';
import { at, program, spec, START } from '../../support/programs.ts';

const SPEC = spec({ restart: { backoffMs: [15_000], jitter: 0.1 } });

/** Returns the time left in a state that a later engine reads, when the wall clock was set in between. */
function leftAfter(state: LifecycleState, clockMs: number, withoutLength = false): number {
  const record = toRecord(program(state, { spec: SPEC }));
  if (withoutLength && record.state.name === 'backoff') record.state.delayMs = undefined;
  const now = { mono: 50, wall: START.wall + clockMs };
  const { state: read } = fromRecord(record, SPEC, now);
  return 'until' in read ? read.until.mono - now.mono : NaN;
}

describe('a delay that another engine continues', () => {
  test.each([
    ['with the time that is left', 4_000, 11_000],
    ['at once if it is over', 20_000, 0],
    ['with its whole length if the clock was set back', -86_400_000, 15_000],
    ['at once if the clock was set forward', 86_400_000, 0],
  ])('continues %s', (_how, clockMs, left) => {
    expect(leftAfter({ name: 'backoff', until: at(15_000), delayMs: 15_000, cause: 'crash' }, clockMs)).toBe(left);
  });

  test('is bounded by the longest delay of the policy if its length is unknown', () => {
    const state: LifecycleState = { name: 'backoff', until: at(15_000), cause: 'crash' };
    expect(leftAfter(state, -86_400_000, true)).toBeCloseTo(16_500);
  });

  test('is never longer than it was to be, whatever the clock shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.integer({ min: -3e11, max: 3e11 }), (delayMs, clockMs) => {
        const left = leftAfter({ name: 'backoff', until: at(delayMs), delayMs, cause: 'crash' }, clockMs);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(delayMs);
      }),
    );
  });
});
