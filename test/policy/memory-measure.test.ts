import { describe, expect, test } from 'vitest';
import { type ExactMemory, isExactMemoryDue, needsExactMemory } from '../../src/policy/memory-measure.ts';

describe('memory is measured exactly', () => {
  test.each([
    [100, null, false],
    [79, 100, false],
    [80, 100, false],
    [81, 100, true],
    [1000, 100, true],
  ])('near the limit only: %s MB resident, limit %s', (residentMb, limitMb, expected) => {
    expect(needsExactMemory(residentMb, limitMb)).toBe(expected);
  });

  const last: ExactMemory = { mb: 300, residentMb: 900, atMs: 1_000, costMs: 40 };
  const isDue = (residentMb: number, afterMs: number): boolean =>
    isExactMemoryDue(last, { residentMb, limitMb: 400, nowMs: 1_000 + afterMs });

  test('at the first sample', () => {
    expect(isExactMemoryDue(null, { residentMb: 900, limitMb: 400, nowMs: 0 })).toBe(true);
  });

  test('at most for 5 % of the time while it cannot have exceeded the limit', () => {
    expect(isDue(900, 750)).toBe(false);
    expect(isDue(1_000, 750)).toBe(false);
    expect(isDue(500, 760)).toBe(true);
  });

  test('at most for half of the time while it may have exceeded the limit', () => {
    expect(isDue(1_001, 39)).toBe(false);
    expect(isDue(1_001, 40)).toBe(true);
  });
});
