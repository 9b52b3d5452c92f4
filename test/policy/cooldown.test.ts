import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CooldownRule,
  isTooOften,
  rememberRestart,
  type Restart,
  restartsInWindow,
} from '../../src/policy/cooldown.ts';
import { at } from '../support/programs.ts';

const RULE: CooldownRule = { restarts: 3, windowMs: 60_000, durationMs: 120_000 };

function restarts(...agoMs: readonly number[]): Restart[] {
  return agoMs.map((ms) => ({ at: at(-ms), cause: 'crash' }));
}

describe('the cooldown window', () => {
  test.each<[string, readonly number[], number]>([
    ['counts a restart at the current time', [0], 1],
    ['counts a restart just inside the window', [59_999], 1],
    ['does not count a restart at its edge', [60_000], 0],
    ['does not count a restart just outside', [60_001], 0],
    ['counts several', [59_999, 30_000, 0], 3],
    ['is empty without restarts', [], 0],
  ])('%s', (_what, agoMs, count) => {
    expect(restartsInWindow(restarts(...agoMs), RULE, at(0))).toHaveLength(count);
  });

  test('is measured by the monotonic clock, so a change of the wall clock has no effect', () => {
    const moved = (byMs: number): Restart => ({ at: { ...at(-59_999), wall: at(0).wall + byMs }, cause: 'crash' });
    expect(restartsInWindow([moved(-1e9), moved(1e9)], RULE, at(0))).toHaveLength(2);
  });
});

describe('a restart is one too many', () => {
  test.each<[readonly number[], boolean]>([
    [[2, 1], false],
    [[3, 2, 1], true],
    [[4, 3, 2, 1], true],
    [[60_000, 2, 1], false],
    [[59_999, 2, 1], true],
    [[], false],
  ])('after restarts %j ms ago: %s', (agoMs, expected) => {
    expect(isTooOften(restarts(...agoMs), RULE, at(0))).toBe(expected);
  });

  test.each([
    [1, [0], true],
    [1, [], false],
  ])('with a limit of %i after restarts %j ms ago: %s', (limit, agoMs, expected) => {
    expect(isTooOften(restarts(...agoMs), { ...RULE, restarts: limit }, at(0))).toBe(expected);
  });
});

describe('the history of restarts', () => {
  const LATEST: Restart = { at: at(0), cause: 'limit' };
  test.each([
    [0, 1],
    [48, 49],
    [49, 50],
    [50, 50],
    [51, 50],
  ])('has %i restarts, then %s with one more', (before, after) => {
    const history = restarts(...Array.from({ length: before }, (_, index) => before - index));
    const next = rememberRestart(history, LATEST);
    expect(next).toHaveLength(after);
    expect(next.at(-1)).toBe(LATEST);
    expect(next.slice(0, -1)).toEqual(history.slice(Math.max(0, before - 49)));
  });

  test('never holds more than 50, and leaves the previous one unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 120 }), (count) => {
        let history: Restart[] = [];
        for (let index = 0; index < count; index += 1) history = rememberRestart(history, LATEST);
        expect(history.length).toBe(Math.min(count, 50));
      }),
    );
  });
});
