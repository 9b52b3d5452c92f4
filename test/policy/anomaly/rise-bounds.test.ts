import { describe, expect, test } from 'vitest';
import { type FastRise, FastRiseWatch } from '../../../src/policy/anomaly/fast-rise.ts';
import { type CleanRule, judgeClean } from '../../../src/policy/anomaly/clean-rise.ts';
import { FloorLadder } from '../../../src/policy/anomaly/floor-ladder.ts';
import { FloorLevel } from '../../../src/policy/anomaly/floor-level.ts';
import { LEAK_RULES, type LeakRule } from '../../../src/policy/anomaly/leak-rules.ts';
import { judgeValleys, type ValleyRule } from '../../../src/policy/anomaly/valley-rise.ts';

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
  const watch = new FastRiseWatch(leastRate, aboveMb);
  // The sample that completes the last piece continues the growth.
  const levels = [...growths, growths.at(-1) ?? 0].reduce(
    (all, growth) => [...all, (all.at(-1) ?? 0) + growth],
    [base],
  );
  for (let t = 0; t <= 5 * (levels.length - 1); t += stepS) {
    watch.push(t, t === 0 ? 0 : stepS, levels[Math.floor(t / 5)] ?? 0, { free, limit });
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
    ['that has not doubled the memory within 40 s has within 80 s', 351, evenly(50, 15), { free: 3000 }, 80],
    ['need not have doubled the memory after two minutes', 700, evenly(50, 23), { free: 3000 }, 120],
    [
      'of a large program can wait if there is room for more than five minutes',
      351,
      evenly(50, 23),
      { free: 3001 },
      null,
    ],
    ['of a large program can wait if nothing is known about room', 700, evenly(50, 23), {}, null],
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

/** Returns the rule that judges this many floors of a level. */
function ruleOf(kind: LeakRule['kind'], level: number, floors: number): LeakRule {
  const rule = LEAK_RULES.find((each) => each.kind === kind && each.level === level && each.floors === floors);
  if (rule === undefined) throw new Error('no such rule');
  return rule;
}

/** Returns whether the rule passes after these floors. */
function passes(rule: LeakRule, floors: number, levelAt: (floor: number) => number, leastGrowth = 20): boolean {
  const level = new FloorLevel(new Float32Array(FloorLevel.slotsOf(60)), 0, 60, 480);
  for (let floor = 0; floor < floors; floor++) level.push(levelAt(floor));
  const { strength } =
    rule.kind === 'clean' ? judgeClean(rule, level, leastGrowth) : judgeValleys(rule, level, leastGrowth);
  return strength >= 1;
}

describe('the rule for an even floor', () => {
  const rule = ruleOf('clean', 0, 35) as CleanRule;

  test.each<[string, number, (floor: number) => number, boolean]>([
    ['grows by the least growth', 35, (n) => 100 + (26.1 / 34) * n, true],
    ['grows by less', 35, (n) => 100 + (25.8 / 34) * n, false],
    ['grows by a tenth', 35, (n) => 338 + n, true],
    ['grows by less than a tenth', 35, (n) => 342 + n, false],
    ['rises above every earlier floor', 45, (n) => (n === 0 ? 143 : 100 + n), true],
    ['does not rise above an earlier floor', 45, (n) => (n === 0 ? 145 : 100 + n), false],
    ['varies, but not much', 35, (n) => 100 + n + (n % 2) * 4, true],
    ['has a step that is a small part of its growth', 35, (n) => 100 + n + (n > 17 ? 1.5 : 0), true],
    ['varies too much for a short window', 35, (n) => 100 + n + (n % 2) * 6, false],
    ['comes in seventeen stages', 35, (n) => 100 + 4 * Math.floor(n / 2), true],
    ['comes in six stages', 35, (n) => 100 + 10 * Math.floor(n / 6), false],
    ['is a single step', 35, (n) => 100 + (n > 17 ? 60 : 0), false],
    ['slackens', 35, (n) => 100 + 2 * Math.min(n, 17) + 1.2 * Math.max(0, n - 17), false],
    ['falls', 35, (n) => 200 - n, false],
  ])('judges whether it %s', (_what, floors, levelAt, expected) => {
    expect(passes(rule, floors, levelAt)).toBe(expected);
  });

  test.each([
    ['five stages', 6, false],
    ['fourteen stages', 2, true],
  ])('of a slow level judges growth in %s', (_what, length, expected) => {
    const slower = ruleOf('clean', 2, 29);
    expect(passes(slower, 29, (n) => 100 + 15 * length * Math.floor(n / length))).toBe(expected);
  });

  test('compares the growth with that before the window', () => {
    const slowing = (before: number) => (n: number) => 100 + before * Math.min(n, 18) + Math.max(0, n - 18);
    expect(passes(rule, 53, slowing(1.05))).toBe(true);
    expect(passes(rule, 53, slowing(1.3))).toBe(false);
  });

  const thirds = (first: number, middle: number, last: number) => (n: number) =>
    100 + 10 * (first * Math.min(n - 2, 10) + middle * Math.min(Math.max(n - 12, 0), 10) + last * Math.max(n - 22, 0));
  test.each([
    [0.33, 0.34, 0.33, true],
    [0.27, 0.365, 0.365, true],
    [0.25, 0.365, 0.385, false],
    [0.3, 0.38, 0.32, false],
    [0.335, 0.335, 0.33, true],
    [0.36, 0.33, 0.31, false],
    [0.41, 0.33, 0.26, false],
  ])('whose thirds have the shares %d, %d and %d of the growth: %s', (first, middle, last, expected) => {
    expect(passes(rule, 35, thirds(first, middle, last))).toBe(expected);
  });
});

describe('the rule for valleys', () => {
  const hour = ruleOf('valley', 1, 56) as ValleyRule;
  const eager = ruleOf('valley', 1, 50) as ValleyRule;
  const slow = ruleOf('valley', 3, 44) as ValleyRule;
  const half = ruleOf('valley', 1, 30) as ValleyRule;
  const toothOf = (n: number): number => (n % 5) * 3;

  test.each<[string, ValleyRule, (floor: number) => number, boolean]>([
    ['rise by 30 %', hour, (n) => 100 + n, true],
    ['rise by less', hour, (n) => 200 + n, false],
    ['rise below teeth', hour, (n) => 100 + 1.2 * n + toothOf(n) / 3, true],
    ['rise below teeth that give back more than they gain', hour, (n) => 100 + 1.2 * n + toothOf(n), false],
    ['rise within half an hour', half, (n) => 100 + (n * n) / 20, true],
    ['rise within half an hour, and much is given back', half, (n) => 100 + (n * n) / 20 + toothOf(n), false],
    [
      'rise ever less since a start within the window',
      hour,
      (n) => 100 + 200 * (1 - Math.exp(-Math.max(0, n - 12) / 22)),
      false,
    ],
    ['rise evenly since a start within the window', hour, (n) => 100 + 4 * Math.max(0, n - 12), true],
    ['rise smoothly and slacken', hour, (n) => 100 + 2 * Math.min(n, 22) + 1.7 * Math.max(0, n - 22), false],
    ['rise in three large steps', hour, (n) => 100 + 30 * Math.floor(n / 15), false],
    ['do not rise in the last quarter', hour, (n) => 100 + 2 * Math.min(n, 42), false],
    ['of an eager rule rise, and nothing is given back', eager, (n) => 100 + 1.2 * n, false],
    ['of an eager rule rise, and much is given back', eager, (n) => 100 + 1.2 * n + toothOf(n), true],
    ['rise slowly and evenly', slow, (n) => 100 + n, true],
    ['rise slowly, with a step of more than 30 %', slow, (n) => 100 + n + (n > 22 ? 25 : 0), false],
  ])('judges valleys that %s', (_what, rule, levelAt, expected) => {
    expect(passes(rule, rule.floors, levelAt)).toBe(expected);
  });

  test('needs valleys above every earlier floor', () => {
    const series = (first: number) => (n: number) => (n === 0 ? first : 100 + 2 * n);
    expect(passes(slow, 50, series(160))).toBe(true);
    expect(passes(slow, 50, series(190))).toBe(false);
  });
});

describe('the ladder', () => {
  /** Feeds floors of 30 s. Returns the number of the floor after which a rise is confirmed; null for never. */
  function confirmedAfter(floors: number, levelAt: (floor: number) => number): number | null {
    const ladder = new FloorLadder(20);
    for (let sample = 0; sample <= 4 * floors; sample += 1) {
      ladder.push(sample * 7.5, levelAt(Math.floor(sample / 4)));
      if (ladder.rise.strength >= 1) return sample / 4;
    }
    return null;
  }

  test('confirms a rise after five of six judgments', () => {
    expect(confirmedAfter(60, (n) => 100 + n)).toBe(35 + 4);
  });

  test('tolerates one judgment that fails', () => {
    const after = confirmedAfter(60, (n) => (n === 36 ? 90 : 100 + n));
    expect(after).not.toBeNull();
    expect(after).toBeGreaterThan(35 + 4);
  });

  test.each([
    ['10 MB/h', 200, 10],
    ['160 MB/h', 800, 160],
    ['5 MB/h', 50, 5],
    ['40 MB/h', 800, 40],
  ])('finds %s of a program of %d MB within 36 hours', (_rate, base, mbPerHour) => {
    expect(confirmedAfter(36 * 120, (n) => base + (mbPerHour * n) / 120)).not.toBeNull();
  });
});
