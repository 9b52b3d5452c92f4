import { describe, expect, test } from 'vitest';
import { type FastRise, FastRiseWatch } from '../../../src/policy/anomaly/fast-rise.ts';
import { FloorTrend } from '../../../src/policy/anomaly/floor-trend.ts';
import { ValleyTrend } from '../../../src/policy/anomaly/valley-trend.ts';

interface Watched {
  readonly leastRate?: number;
  readonly limit?: number;
  readonly aboveMb?: number;
  readonly free?: number;
  readonly stepS?: number;
}

/**
 * Feeds a level for each piece of 5 s, which begins at `base` and grows by the list. Returns the second at which a fast
 * rise was found first, and the rise; null for none.
 */
function firstRise(
  base: number,
  growths: readonly number[],
  { leastRate = 5, limit = Infinity, aboveMb = 0, free = Infinity, stepS = 1 }: Watched = {},
): { readonly t: number; readonly rise: FastRise } | null {
  const watch = new FastRiseWatch(leastRate, limit, aboveMb);
  // The sample that completes the last piece continues the growth.
  const levels = [...growths, growths.at(-1) ?? 0].reduce(
    (all, growth) => [...all, (all.at(-1) ?? 0) + growth],
    [base],
  );
  for (let t = 0; t <= 5 * (levels.length - 1); t += stepS) {
    watch.push(t, t === 0 ? 0 : stepS, levels[Math.floor(t / 5)] ?? 0, free);
    if (watch.rise !== null) return { t, rise: watch.rise };
  }
  return null;
}

const evenly = (growth: number, count = 7): number[] => Array.from({ length: count }, () => growth);

describe('a fast rise', () => {
  test.each<[string, number, readonly number[], Watched, number | null]>([
    ['is found after eight pieces of 5 s', 100, evenly(50), {}, 40],
    ['is not found after seven', 100, evenly(50, 6), {}, null],
    ['is as fast as the least rate', 200, evenly(50), { leastRate: 10 }, 40],
    ['is not slower than the least rate', 200, evenly(49.9), { leastRate: 10 }, null],
    ['is at most as fast as loading data', 100, evenly(125), {}, 40],
    ['is not faster than loading data', 100, evenly(125.1), {}, null],
    ['may be faster than loading data if the least rate is', 100, evenly(150), { leastRate: 30 }, 40],
    ['has doubled the memory', 350, evenly(50), {}, 40],
    ['has not yet doubled the memory', 351, evenly(50), {}, null],
    ['that has not doubled the memory within 40 s has within 80 s', 351, evenly(50, 15), {}, 80],
    ['need not have doubled the memory after two minutes', 700, evenly(50, 23), {}, 120],
    ['reaches 200 MB', 0, evenly(25), { leastRate: 1 }, 40],
    ['does not reach 200 MB', 0, evenly(24.9), { leastRate: 1 }, null],
    ['reaches the given size', 100, evenly(50), { aboveMb: 500 }, 40],
    ['does not reach the given size', 100, evenly(50), { aboveMb: 501 }, null],
    ['has a slow piece of 60 % of the mean', 100, [50, 50, 50, 29, 50, 50, 50], {}, 40],
    ['has a slower piece', 100, [50, 50, 50, 28, 50, 50, 50], {}, null],
    ['has a fast piece of 150 % of the mean', 100, [50, 50, 50, 81, 50, 50, 50], {}, 40],
    ['has a faster piece', 100, [50, 50, 50, 82, 50, 50, 50], {}, null],
    ['slackens by 4 %', 100, [50, 50, 50, 49, 48.1, 48.1, 48.1], {}, 40],
    ['slackens by more than 4 %', 100, [50, 50, 50, 49, 47.9, 47.9, 47.9], {}, null],
    ['slackens by 8 %, but varies as much', 100, [60, 40, 50, 50, 57, 36, 45.1], {}, 40],
    ['slackens by more than 8 %, whatever it varies', 100, [60, 40, 50, 50, 57, 36, 44.9], {}, null],
    ['has 65 % of the earlier rate', 100, [...evenly(76, 3), ...evenly(50)], {}, 55],
    ['has less than 65 % of the earlier rate', 100, [...evenly(78, 3), ...evenly(50)], {}, null],
    ['is half above the earlier peak', 275, [-175, ...evenly(50)], {}, 45],
    ['is less than half above the earlier peak', 276, [-176, ...evenly(50)], {}, null],
    ['is sampled every 5 s', 100, evenly(50), { stepS: 5 }, 40],
    ['is not judged if it is sampled more seldom', 100, evenly(50), { stepS: 5.01 }, null],
    ['falls', 900, evenly(-50), {}, null],
  ])('%s', (_what, base, growths, watched, t) => {
    expect(firstRise(base, growths, watched)?.t ?? null).toBe(t);
  });

  test.each<[string, Watched, number | null]>([
    ['reaches the limit within 60 s', { limit: 1000 }, 40],
    ['has used less than half of the limit', { limit: 1001 }, null],
    ['reaches the end of free memory within 60 s', { free: 600 }, 40],
    ['reaches the end of free memory later', { free: 601 }, null],
    ['reaches the end of free memory before a distant limit', { free: 600, limit: 5000 }, 40],
  ])('whose rate is allowed: %s', (_what, watched, t) => {
    expect(firstRise(100, evenly(50), { leastRate: Infinity, ...watched })?.t ?? null).toBe(t);
  });

  test('reports its rate, its size, and what is used up first', () => {
    expect(firstRise(100, evenly(50), { limit: 1000 })?.rise).toEqual({
      rate: 10,
      seconds: 40,
      from: 100,
      to: 500,
      secondsLeft: 50,
      isHostFirst: false,
    });
    expect(firstRise(100, evenly(50), { limit: 1000, free: 499 })?.rise).toMatchObject({
      secondsLeft: 49.9,
      isHostFirst: true,
    });
  });
});

interface Trend {
  push(elapsed: number, value: number): { readonly strength: number } | null;
}

/** Feeds the levels of floors, four samples each. Returns the strength after the last one. */
function strengthOf(trend: Trend, floorS: number, floors: number, levelAt: (floor: number) => number): number {
  let strength = NaN;
  for (let sample = 0; sample <= 4 * floors; sample += 1) {
    strength = trend.push((sample * floorS) / 4, levelAt(Math.floor(sample / 4)))?.strength ?? strength;
  }
  return strength;
}

/** A strength of 0.99 means that a single judgment passed, but not yet enough in a row. */
function outcomeOf(strength: number): 'found' | 'not yet' | 'no rise' {
  if (strength >= 1) return 'found';
  return strength === 0.99 ? 'not yet' : 'no rise';
}

describe('the trend of floors', () => {
  const judged = (levelAt: (floor: number) => number, floors: number): string =>
    outcomeOf(strengthOf(new FloorTrend(35), 30, floors, levelAt));

  test.each<[string, number, (floor: number) => number, string]>([
    ['takes five judgments', 40, (n) => 100 + n, 'found'],
    ['is not found after four', 39, (n) => 100 + n, 'not yet'],
    ['grows by the least growth', 36, (n) => 100 + n, 'not yet'],
    ['grows by less', 36, (n) => 100 + 0.98 * n, 'no rise'],
    ['grows by a tenth', 36, (n) => 349 + n, 'not yet'],
    ['grows by less than a tenth', 36, (n) => 356 + n, 'no rise'],
    ['rises above every earlier floor', 45, (n) => (n === 0 ? 139 : 100 + n), 'found'],
    ['does not rise above an earlier floor', 45, (n) => (n === 0 ? 140 : 100 + n), 'not yet'],
  ])('%s', (_what, floors, levelAt, expected) => {
    expect(judged(levelAt, floors)).toBe(expected);
  });

  const thirds = (first: number, middle: number, last: number) => (n: number) =>
    100 +
    10 *
      (first * Math.min(n - 2, 10) +
        (middle * 10 * Math.min(Math.max(n - 12, 0), 11)) / 11 +
        last * Math.max(n - 23, 0));
  test.each([
    [0.33, 0.34, 0.33, 'not yet'],
    [0.235, 0.41, 0.355, 'not yet'],
    [0.225, 0.41, 0.365, 'no rise'],
    [0.385, 0.32, 0.295, 'not yet'],
    [0.395, 0.31, 0.295, 'no rise'],
    [0.385, 0.33, 0.285, 'no rise'],
    [0.28, 0.415, 0.305, 'not yet'],
    [0.28, 0.425, 0.295, 'no rise'],
  ])('whose thirds have the shares %d, %d and %d of the growth: %s', (first, middle, last, expected) => {
    expect(judged(thirds(first, middle, last), 36)).toBe(expected);
  });
});

describe('the trend of valleys', () => {
  const judged = (levelAt: (floor: number) => number, floors: number): string =>
    outcomeOf(strengthOf(new ValleyTrend(37), 70, floors, levelAt));

  test.each<[string, number, (floor: number) => number, string]>([
    ['takes three judgments', 42, (n) => 100 + n, 'found'],
    ['is not found after two', 41, (n) => 100 + n, 'not yet'],
    ['is not judged before 40 floors', 39, (n) => 100 + n, 'no rise'],
    ['grows by less than the least growth', 40, (n) => 100 + 0.98 * n, 'no rise'],
    ['grows by 15 %', 40, (n) => 246 + n, 'not yet'],
    ['grows by less than 15 %', 40, (n) => 250 + n, 'no rise'],
    ['rises above every earlier floor', 45, (n) => (n === 0 ? 107 : 80 + n), 'found'],
    ['does not rise above an earlier floor', 45, (n) => (n === 0 ? 108 : 80 + n), 'not yet'],
    ['slackens by 20 %', 40, (n) => 100 + 2 * Math.min(n, 14) + 1.72 * Math.max(0, n - 14), 'not yet'],
    ['slackens by more', 40, (n) => 100 + 2 * Math.min(n, 14) + 1.68 * Math.max(0, n - 14), 'no rise'],
    ['accelerates to 2.5 times', 40, (n) => 100 + 2 * Math.min(n, 14) + 5.7 * Math.max(0, n - 14), 'not yet'],
    ['accelerates more', 40, (n) => 100 + 2 * Math.min(n, 14) + 5.8 * Math.max(0, n - 14), 'no rise'],
    ['has a step of 30 % of its growth', 40, (n) => 100 + n + (n > 20 ? 10 : 0), 'not yet'],
    ['has a larger step', 40, (n) => 100 + n + (n > 20 ? 11 : 0), 'no rise'],
    [
      'grows half as fast in the last quarter',
      40,
      (n) => 100 + 2 * Math.min(n, 26) + 1.2 * Math.max(0, n - 26),
      'not yet',
    ],
    ['almost stops in the last quarter', 40, (n) => 100 + 2 * Math.min(n, 26) + 1.1 * Math.max(0, n - 26), 'no rise'],
  ])('%s', (_what, floors, levelAt, expected) => {
    expect(judged(levelAt, floors)).toBe(expected);
  });
});
