import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startTimer } from '../../src/base/long-timer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([0, 1, 2_147_483_646, 2_147_483_647, 2_147_483_648, 3_000_000_000, 5 * 2 ** 31])(
  'a timer of %i ms calls back once, and not before',
  (ms) => {
    let calls = 0;
    startTimer(() => (calls += 1), ms);
    vi.advanceTimersByTime(Math.max(0, ms - 1));
    expect(calls).toBe(ms === 0 ? calls : 0);
    vi.advanceTimersByTime(2);
    expect(calls).toBe(1);
    vi.advanceTimersByTime(2 ** 32);
    expect(calls).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  },
);

test('a canceled timer never calls back, however much of it has passed', () => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 33 }), fc.nat({ max: 2 ** 33 }), (ms, passedMs) => {
      let calls = 0;
      const cancel = startTimer(() => (calls += 1), ms);
      vi.advanceTimersByTime(passedMs);
      const before = calls;
      cancel();
      vi.advanceTimersByTime(2 ** 33);
      expect(calls).toBe(before);
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 30 },
  );
});

test('an infinite timer waits', () => {
  let calls = 0;
  const cancel = startTimer(() => (calls += 1), Infinity);
  vi.advanceTimersByTime(2 ** 34);
  expect(calls).toBe(0);
  cancel();
  expect(vi.getTimerCount()).toBe(0);
});
