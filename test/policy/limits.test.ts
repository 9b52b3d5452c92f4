import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isNearLimit,
  judgeUsage,
  type LimitWatch,
  msToNearMemory,
  QUIET,
  type Usage,
} from '../../src/policy/limits.ts';

const LIMITS = { cpuPercent: 80, memoryMb: 500 };
const IDLE: Usage = { cpuPercent: 0, memoryMb: 0 };

/** Checks CPU samples, "f" for a fast one and "t" for one of a tick. Returns the index of each violation. */
function violations(samples: readonly (readonly [pace: 'f' | 't', cpuPercent: number | null])[]): number[] {
  let watch: LimitWatch = QUIET;
  return samples.flatMap(([pace, cpuPercent], index) => {
    const judged = judgeUsage(watch, LIMITS, { ...IDLE, cpuPercent }, pace === 'f' ? 'fast' : 'tick');
    watch = judged.watch;
    return judged.excess === null ? [] : [index];
  });
}

/** Checks memory samples. Returns the index of each violation. */
function memoryViolations(samples: readonly number[]): number[] {
  let watch: LimitWatch = QUIET;
  return samples.flatMap((memoryMb, index) => {
    const judged = judgeUsage(watch, LIMITS, { ...IDLE, memoryMb }, 'tick');
    watch = judged.watch;
    return judged.excess === null ? [] : [index];
  });
}

describe('sampling near a limit', () => {
  test.each([
    ['memory at 80 % of its limit', { memoryMb: 400 }, false],
    ['memory just above 80 % of its limit', { memoryMb: 400.1 }, true],
    ['memory above its limit', { memoryMb: 501 }, true],
    ['CPU at 80 % of its limit', { cpuPercent: 64 }, false],
    ['CPU just above 80 % of its limit', { cpuPercent: 64.1 }, true],
    ['CPU that is not measured yet', { cpuPercent: null }, false],
    ['CPU that is not measured yet, with much memory', { cpuPercent: null, memoryMb: 401 }, true],
    ['nothing in use', {}, false],
  ])('%s: %o is near: %s', (_what, usage, isNear) => {
    expect(isNearLimit({ ...IDLE, ...usage }, LIMITS)).toBe(isNear);
  });

  test.each([
    ['no CPU limit', { cpuPercent: null, memoryMb: 500 }, { cpuPercent: 10_000 }, false],
    ['no memory limit', { cpuPercent: 80, memoryMb: null }, { memoryMb: 1e9 }, false],
    ['no limits', { cpuPercent: null, memoryMb: null }, { cpuPercent: 1e9, memoryMb: 1e9 }, false],
  ])('with %s, nothing is near it', (_what, limits, usage, isNear) => {
    expect(isNearLimit({ ...IDLE, ...usage }, limits)).toBe(isNear);
  });
});

test.each([
  [{ ...LIMITS, memoryMb: 500 }, 100, 30],
  [{ ...LIMITS, memoryMb: 500 }, 450, 0],
  [{ ...LIMITS, memoryMb: null }, 100, null],
])('with the limits %o, a program of %i MB needs %s ms of CPU time to come near its memory limit', (limits, mb, ms) => {
  expect(msToNearMemory(mb, limits)).toBe(ms);
});

describe('the memory limit', () => {
  test.each<[string, readonly number[], readonly number[]]>([
    ['is not exceeded just below it', [499.9], []],
    ['is not exceeded at it', [500], []],
    ['is exceeded just above it, in a single sample', [500.1], [0]],
    ['is reported once while it stays exceeded', [501, 600, 501], [0]],
    ['is reported again after the program was at the limit', [501, 500, 501], [0, 2]],
    ['is reported again after the program was below the limit', [501, 10, 501], [0, 2]],
  ])('%s', (_what, samples, expected) => {
    expect(memoryViolations(samples)).toEqual(expected);
  });

  test('reports the measurement and the limit', () => {
    const { excess } = judgeUsage(QUIET, LIMITS, { ...IDLE, memoryMb: 512.5 }, 'tick');
    expect(excess).toEqual({ resource: 'memory', measured: 512.5, limit: 500, samples: [512.5] });
  });

  test('is reported before CPU if both are exceeded, and CPU with the next sample', () => {
    const watch: LimitWatch = { ...QUIET, cpuStreak: [90, 91] };
    const usage = { cpuPercent: 92, memoryMb: 600 };
    const first = judgeUsage(watch, LIMITS, usage, 'fast');
    expect(first.excess?.resource).toBe('memory');
    // The CPU violation counts as reported: the program is being stopped by then.
    expect(judgeUsage(first.watch, LIMITS, usage, 'fast').excess).toBeNull();
  });

  test('is not checked without a limit', () => {
    const limits = { cpuPercent: null, memoryMb: null };
    expect(judgeUsage(QUIET, limits, { cpuPercent: 1e9, memoryMb: 1e9 }, 'fast').excess).toBeNull();
  });
});

describe('the CPU limit', () => {
  test.each<[string, Parameters<typeof violations>[0], readonly number[]]>([
    [
      'is not exceeded by two fast samples',
      [
        ['f', 81],
        ['f', 81],
      ],
      [],
    ],
    [
      'is exceeded by three fast samples',
      [
        ['f', 81],
        ['f', 81],
        ['f', 81],
      ],
      [2],
    ],
    [
      'is not exceeded at the limit',
      [
        ['f', 80],
        ['f', 80],
        ['f', 80],
        ['f', 80],
      ],
      [],
    ],
    [
      'is not exceeded if one sample is at the limit',
      [
        ['f', 81],
        ['f', 81],
        ['f', 80],
        ['f', 81],
        ['f', 81],
      ],
      [],
    ],
    [
      'starts to count again after a lower sample',
      [
        ['f', 81],
        ['f', 0],
        ['f', 81],
        ['f', 81],
        ['f', 81],
      ],
      [4],
    ],
    [
      'does not count samples of regular ticks',
      [
        ['t', 99],
        ['t', 99],
        ['t', 99],
        ['t', 99],
      ],
      [],
    ],
    [
      'keeps its count over the sample of a tick',
      [
        ['f', 81],
        ['t', 99],
        ['f', 81],
        ['f', 81],
      ],
      [3],
    ],
    [
      'loses its count with a low sample of a tick',
      [
        ['f', 81],
        ['f', 81],
        ['t', 10],
        ['f', 81],
      ],
      [],
    ],
    [
      'loses its count if CPU could not be measured',
      [
        ['f', 81],
        ['f', 81],
        ['f', null],
        ['f', 81],
      ],
      [],
    ],
    [
      'is reported once while it stays exceeded',
      [
        ['f', 81],
        ['f', 81],
        ['f', 81],
        ['f', 81],
        ['f', 81],
      ],
      [2],
    ],
    [
      'is reported again after the program was below the limit',
      [
        ['f', 81],
        ['f', 81],
        ['f', 81],
        ['f', 10],
        ['f', 81],
        ['f', 81],
        ['f', 81],
      ],
      [2, 6],
    ],
  ])('%s', (_what, samples, expected) => {
    expect(violations(samples)).toEqual(expected);
  });

  test('reports the last three samples, oldest first', () => {
    const watch: LimitWatch = { ...QUIET, cpuStreak: [90, 91] };
    const { excess } = judgeUsage(watch, LIMITS, { ...IDLE, cpuPercent: 92 }, 'fast');
    expect(excess).toEqual({ resource: 'cpu', measured: 92, limit: 80, samples: [90, 91, 92] });
  });

  test('is exceeded exactly when the last three fast samples are above it, whatever the samples', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 75, max: 85 }), { maxLength: 40 }), (values) => {
        const found = violations(values.map((value) => ['f', value]));
        const starts = values.flatMap((_value, index) => {
          const isLong = (end: number): boolean => end >= 2 && values.slice(end - 2, end + 1).every((cpu) => cpu > 80);
          return isLong(index) && !isLong(index - 1) ? [index] : [];
        });
        expect(found).toEqual(starts);
      }),
    );
  });
});
