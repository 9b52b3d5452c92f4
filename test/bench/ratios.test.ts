import { describe, expect, test } from 'vitest';
import { compareRatios, ratiosOf } from '../../bench/support/ratios.mjs';
import { Tally } from '../../bench/support/tally.mjs';

/** Returns the ratios of a benchmark with the samples of one contender and of its lower bound. */
function ratios(unit: string, samples: readonly number[], floor: readonly number[]) {
  const tally = new Tally('one killed', unit, ['floor']);
  tally.add('floor', ...floor);
  tally.add('healer', ...samples);
  return ratiosOf([{ name: 'respawn', groups: [tally.result()] }]);
}

const NAME = 'respawn: one killed: healer / floor';
const AROUND_10 = [9, 10, 10, 10, 11, 10, 9, 11, 10];

describe('ratios', () => {
  test('compare the medians, with an interval', () => {
    const { [NAME]: found } = ratios('ms', [20, 21, 19, 20, 22, 20, 18, 20, 20], AROUND_10);
    expect(found?.ratio).toBe(2);
    expect(found?.low).toBeLessThanOrEqual(2);
    expect(found?.high).toBeGreaterThanOrEqual(2);
    expect(found?.high).toBeLessThan(2.5);
  });

  test('of a throughput are inverted, because more is better', () => {
    expect(ratios('MB/s', [5, 5, 5, 5, 5], AROUND_10)[NAME]?.ratio).toBe(2);
    expect(ratios('ms', [5, 5, 5, 5, 5], AROUND_10)[NAME]?.ratio).toBe(0.5);
  });

  test('of the same samples are the same', () => {
    expect(ratios('ms', AROUND_10, AROUND_10)).toEqual(ratios('ms', AROUND_10, AROUND_10));
  });

  test('without a lower bound to compare with are left out', () => {
    expect(ratios('% of one core', AROUND_10, [0, 0, 0])).toEqual({});
  });
});

describe('the comparison of two runs', () => {
  const before = ratios('ms', [20, 21, 19, 20, 22, 20, 18, 20, 20], AROUND_10);

  test.each([
    ['the same', [20, 20, 21, 19, 20, 22, 18, 20, 20], 0, 0],
    ['within noise', [21, 22, 20, 21, 23, 21, 19, 21, 21], 0, 0],
    ['worse', [40, 41, 39, 40, 42, 40, 38, 40, 40], 1, 0],
    ['better', [10, 10, 11, 9, 10, 11, 9, 10, 10], 0, 1],
  ])('finds a ratio that is %s', (_what, samples, worse, better) => {
    const found = compareRatios(before, ratios('ms', samples, AROUND_10));
    expect([found.compared, found.worse.length, found.better.length]).toEqual([1, worse, better]);
  });

  test('needs a larger change for few samples', () => {
    const few = ratios('ms', [20], [10]);
    expect(compareRatios(few, ratios('ms', [40], [10])).worse).toEqual([]);
    expect(compareRatios(few, ratios('ms', [50], [10])).worse).toHaveLength(1);
  });

  test('ignores ratios that only one run has', () => {
    expect(compareRatios({}, before)).toEqual({ compared: 0, worse: [], better: [] });
  });
});
