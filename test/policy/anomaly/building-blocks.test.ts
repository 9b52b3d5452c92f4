import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DailyProfile } from '../../../src/policy/anomaly/daily-profile.ts';
import { isUsable } from '../../../src/policy/anomaly/detector.ts';
import { FloorLevel } from '../../../src/policy/anomaly/floor-level.ts';
import { OpenFloor } from '../../../src/policy/anomaly/open-floor.ts';
import { SampleClock } from '../../../src/policy/anomaly/sample-clock.ts';
import { select } from '../../../src/policy/anomaly/select.ts';
import { SortedWindow } from '../../../src/policy/anomaly/sorted-window.ts';
import { TailBank } from '../../../src/policy/anomaly/tail-bank.ts';
import { measureTrend } from '../../../src/policy/anomaly/trend.ts';

describe('a sample is usable', () => {
  test.each([
    [0, 0, true],
    [-5, -5, true],
    [0, 1e15, true],
    [0, -1e15, true],
    [0, 1.1e15, false],
    [0, Infinity, false],
    [0, NaN, false],
    [NaN, 0, false],
    [Infinity, 0, false],
  ])('at %d with the value %d: %s', (t, value, expected) => {
    expect(isUsable({ t, value })).toBe(expected);
  });
});

describe('the clock of samples', () => {
  /** Seconds by which the clock advances at each time. */
  function steps(...times: readonly number[]): number[] {
    const clock = new SampleClock();
    return times.map((t) => clock.advance(t));
  }

  test.each<[string, readonly number[], readonly number[]]>([
    ['does not advance with the first sample', [100], [0]],
    ['advances by the interval', [100, 101, 102.5], [0, 1, 1.5]],
    ['advances by a pause of 120 s', [0, 1, 121], [0, 1, 120]],
    ['treats a longer pause as a gap of one interval', [0, 1, 122], [0, 1, 1]],
    ['treats a clock that was set back as one interval', [100, 101, 50], [0, 1, 1]],
    ['treats a repeated time as one interval', [100, 101, 101], [0, 1, 1]],
    ['accepts long pauses between sparse samples', [0, 60, 1_260], [0, 60, 1_200]],
    ['treats pauses of more than 20 intervals as a gap', [0, 60, 1_261], [0, 60, 60]],
    ['begins with a gap of one second', [0, 10_000], [0, 1]],
  ])('%s', (_what, times, expected) => {
    expect(steps(...times)).toEqual(expected);
  });

  test('starts from scratch after a reset', () => {
    const clock = new SampleClock();
    clock.advance(0);
    clock.advance(5);
    expect(clock.elapsed).toBe(5);
    clock.reset();
    expect(clock.elapsed).toBe(0);
    expect(clock.advance(100)).toBe(0);
  });

  test('never runs backward, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { maxLength: 50 }), (times) => {
        expect(steps(...times).every((step) => step >= 0)).toBe(true);
      }),
    );
  });
});

describe('a sorted window', () => {
  test.each([
    [0, 1],
    [0.25, 2],
    [0.5, 3],
    [0.75, 4],
    [1, 5],
  ])('of 1 to 5 has the percentile %d at %i', (share, expected) => {
    const window = new SortedWindow(5);
    for (const value of [3, 1, 5, 2, 4]) window.push(value);
    expect(window.percentile(share)).toBe(expected);
  });

  test.each([
    [4, false],
    [5, true],
    [6, true],
  ])('after %i values is full: %s', (count, isFull) => {
    const window = new SortedWindow(5);
    for (let value = 0; value < count; value += 1) window.push(value);
    expect(window.isFull).toBe(isFull);
    expect(window.percentile(1)).toBe(count - 1);
    expect(window.percentile(0)).toBe(Math.max(0, count - 5));
  });

  test('has no percentile while empty', () => {
    const window = new SortedWindow(5);
    expect(window.percentile(0.5)).toBeNaN();
    window.push(1);
    window.clear();
    expect(window.percentile(0.5)).toBeNaN();
  });

  test('holds the newest values in order, whatever is pushed', () => {
    const anyValues = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(anyValues, fc.integer({ min: 1, max: 12 }), (values, capacity) => {
        const window = new SortedWindow(capacity);
        for (const value of values) window.push(value);
        const expected = values.slice(-capacity).toSorted((a, b) => a - b);
        const { length } = expected;
        const held = expected.map((_value, index) => window.percentile(length === 1 ? 0 : index / (length - 1)));
        expect(held).toEqual(expected);
      }),
    );
  });
});

describe('a floor', () => {
  test.each([
    ['is not complete before the end of its interval', [0, 10, 20, 29], 0],
    ['is complete after the end of its interval', [0, 10, 20, 25, 30], 1],
    ['is not made of three samples', [0, 10, 30], 0],
    ['is made of four samples, however long they take', [0, 30, 60, 90, 120], 1],
    ['is found in each interval', [0, 10, 20, 25, 30, 40, 50, 55, 60], 2],
  ])('%s', (_what, times, count) => {
    const open = new OpenFloor(30);
    expect(times.filter((t) => !Number.isNaN(open.push(t, t)))).toHaveLength(count);
  });

  test('is the lowest value of its interval, and has the length of it', () => {
    const open = new OpenFloor(4);
    const floors: number[] = [];
    for (let t = 0; t <= 20; t += 1) floors.push(open.push(t, 100 + t + (t % 2 === 0 ? 0 : 50)));
    expect(floors.filter((floor) => !Number.isNaN(floor))).toEqual([100, 104, 108, 112, 116]);
    expect(open.lastSeconds).toBe(4);
    open.clear();
    expect(open.push(21, 7)).toBeNaN();
  });
});

describe('a level of the ladder', () => {
  const levelOf = (capacity: number, remembered: number): FloorLevel =>
    new FloorLevel(new Float32Array(FloorLevel.slotsOf(capacity)), 0, capacity, remembered);

  test('keeps its newest floors in order', () => {
    const anyFloors = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(anyFloors, fc.integer({ min: 1, max: 12 }), (floors, capacity) => {
        const level = levelOf(capacity, 8);
        for (const floor of floors) level.push(floor);
        const kept = floors.slice(-capacity);
        expect(level.length).toBe(kept.length);
        const copy = new Float64Array(kept.length);
        level.copyNewest(kept.length, copy);
        expect([...copy]).toEqual(kept);
        expect(level.newest()).toBe(floors.at(-1));
        expect(level.newest(capacity)).toBeNaN();
      }),
    );
  });

  test.each([
    ['is the highest one before the window', [9, 1, 1, 1], 9],
    ['is remembered after it left the level', [9, ...Array<number>(60).fill(1)], 9],
    ['is forgotten at last', [9, ...Array<number>(4 + 80 + 10).fill(1)], 1],
    ['is unknown if there is only the window', [9, 9], -Infinity],
  ])('has a highest earlier floor that %s', (_what, floors, expected) => {
    const level = levelOf(4, 80);
    for (const floor of floors) level.push(floor);
    expect(level.highestBefore(2)).toBe(expected);
  });

  test('has neither floors nor an earlier one after it was cleared', () => {
    const level = levelOf(2, 8);
    for (const floor of [5, 6, 7]) level.push(floor);
    level.clear();
    expect([level.length, level.newest(), level.highestBefore(0)]).toEqual([0, NaN, -Infinity]);
  });
});

describe('a selection', () => {
  test('is the number at that index of the sorted numbers', () => {
    const anyNumbers = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(anyNumbers, fc.nat(59), (numbers, index) => {
        const at = index % numbers.length;
        const sorted = numbers.toSorted((a, b) => a - b);
        expect(select(Float64Array.from([...numbers, -99]), numbers.length, at)).toBe(sorted[at]);
      }),
    );
  });
});

describe('the profile of a day', () => {
  const DAY = 86_400;

  test.each([
    [
      'has no distance on the first day',
      [
        [0, 10],
        [60, 90],
      ],
      0,
    ],
    [
      'has no distance at another time of the next day',
      [
        [0, 10],
        [DAY + 1_800, 90],
      ],
      0,
    ],
    [
      'has a distance at the same time of the next day',
      [
        [0, 10],
        [DAY, 90],
      ],
      80,
    ],
    [
      'has a distance within the same half hour',
      [
        [0, 10],
        [DAY + 1_799, 90],
      ],
      80,
    ],
    [
      'is negative below the other days',
      [
        [0, 90],
        [DAY, 10],
      ],
      -80,
    ],
    [
      'adapts by its rate',
      [
        [0, 10],
        [DAY, 90],
        [2 * DAY, 90],
      ],
      72,
    ],
  ])('%s', (_what, samples, expected) => {
    const profile = new DailyProfile(0.1);
    const distances = samples.map(([t = 0, value = 0]) => profile.push(t, value));
    expect(distances.at(-1)).toBeCloseTo(expected, 4);
  });

  test('is forgotten when it is cleared', () => {
    const profile = new DailyProfile(0.1);
    profile.push(0, 10);
    profile.clear();
    expect(profile.push(DAY, 90)).toBe(0);
  });
});

describe('the tail of a statistic', () => {
  test('rates nothing as surprising until it is full', () => {
    const bank = new TailBank(1, 3);
    const surprises = [5, 7, 9].map((value) => {
      bank.countSample();
      return bank.push(0, value);
    });
    expect(surprises).toEqual([0, 0, 0]);
  });

  test.each([
    [5, 0],
    [4, 0],
    [0, 0],
  ])('rates %i, which is not above its lowest value of 5, as %i', (value, expected) => {
    const bank = new TailBank(1, 3);
    for (const each of [5, 7, 9]) {
      bank.countSample();
      bank.push(0, each);
    }
    bank.countSample();
    expect(bank.push(0, value)).toBe(expected);
  });

  test('rates a value higher, the larger it is, up to a bound', () => {
    const surpriseOf = (value: number): number => {
      const bank = new TailBank(1, 3);
      for (let sample = 0; sample < 100; sample += 1) {
        bank.countSample();
        bank.push(0, 5 + (sample % 5));
      }
      bank.countSample();
      return bank.push(0, value);
    };
    const surprises = [9.5, 12, 20, 100, 1e300].map(surpriseOf);
    expect(surprises).toEqual(surprises.toSorted((a, b) => a - b));
    expect(surprises[0]).toBeGreaterThan(0);
    expect(surprises.at(-1)).toBe(15);
  });

  test('keeps statistics separate', () => {
    const bank = new TailBank(2, 2);
    for (const value of [1, 2, 3]) {
      bank.countSample();
      bank.push(0, value);
    }
    bank.countSample();
    expect(bank.push(1, 100)).toBe(0);
    expect(bank.push(0, 100)).toBeGreaterThan(0);
  });

  test('keeps more of the last statistic', () => {
    const bank = new TailBank(2, 2, 4);
    const surprises = [3, 2, 1, 0.5, 0.9].map((value) => {
      bank.countSample();
      return [bank.push(0, value), bank.push(1, value)];
    });
    expect(surprises.at(-1)).toEqual([0, expect.any(Number)]);
    expect(bank.push(1, 0.8)).toBe(0);
    expect(bank.push(1, 2)).toBeGreaterThan(0);
    expect(bank.push(0, 1)).toBe(0);
  });

  test('is never negative and never above its bound, whatever is pushed', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { maxLength: 80 }), (values) => {
        const bank = new TailBank(1, 4);
        for (const value of values) {
          bank.countSample();
          const surprise = bank.push(0, value);
          expect(surprise).toBeGreaterThanOrEqual(0);
          expect(surprise).toBeLessThanOrEqual(15);
        }
      }),
    );
  });
});

describe('a trend', () => {
  function trendOf(values: readonly number[]): ReturnType<typeof measureTrend> {
    return measureTrend(Float64Array.from(values), values.length);
  }

  test.each<[string, readonly number[], number]>([
    ['rising by one', [1, 2, 3, 4, 5], 1],
    ['falling by two', [9, 7, 5, 3, 1], -2],
    ['constant', [4, 4, 4, 4], 0],
    ['rising, with one outlier', [1, 2, 900, 4, 5, 6, 7], 1],
    ['made of two points', [1, 3], 2],
  ])('of a series that is %s has this slope', (_what, values, slope) => {
    expect(trendOf(values).slope).toBeCloseTo(slope, 6);
  });

  test('is measured per point', () => {
    expect(trendOf([10, 20, 30, 40]).slope).toBeCloseTo(10, 6);
  });

  test.each([
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 3.935],
    [[10, 9, 8, 7, 6, 5, 4, 3, 2, 1], -3.935],
    [[1, 1, 1, 1], 0],
    [[1, 2], 0],
    [[7], 0],
  ])('of %j is significant by %d standard deviations', (values, z) => {
    expect(trendOf(values).z).toBeCloseTo(z, 2);
  });

  test('has no spread if it is a line, and the spread of its noise otherwise', () => {
    expect(trendOf([2, 4, 6, 8, 10]).spread).toBeCloseTo(0, 6);
    expect(trendOf([0, 10, 0, 10, 0, 10, 0, 10, 0, 10, 0]).spread).toBeGreaterThan(8);
  });

  test('changes its sign when the series is negated', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 3, maxLength: 40 }), (values) => {
        const [up, down] = [trendOf(values), trendOf(values.map((value) => -value))];
        expect(down.z).toBeCloseTo(-up.z, 6);
        expect(down.spread).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
