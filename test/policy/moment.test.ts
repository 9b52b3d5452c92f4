import fc from 'fast-check';
import { expect, test } from 'vitest';
import { later, recallFuture, recallPast } from '../../src/policy/moment.ts';

const NOW = { mono: 5_000, wall: 1_000_000 };

test.each([
  ['a second ago', 999_000, { mono: 4_000, wall: 999_000 }],
  ['now', 1_000_000, { mono: 5_000, wall: 1_000_000 }],
  ['in the future, since the wall clock was set back', 1_000_001, { mono: 5_000, wall: 1_000_001 }],
  ['before this boot', 990_000, { mono: -5_000, wall: 990_000 }],
])('a past time %s', (_when, wall, moment) => {
  expect(recallPast(wall, NOW)).toEqual(moment);
});

test.each([
  ['in a second', 1_001_000, { mono: 6_000, wall: 1_001_000 }],
  ['now', 1_000_000, { mono: 5_000, wall: 1_000_000 }],
  ['that has passed', 999_999, { mono: 5_000, wall: 1_000_000 }],
  ['at the longest time ahead', 1_060_000, { mono: 65_000, wall: 1_060_000 }],
  ['beyond the longest time ahead, since the wall clock was set back', 1_060_001, { mono: 65_000, wall: 1_060_000 }],
])('a future time %s', (_when, wall, moment) => {
  expect(recallFuture(wall, NOW, 60_000)).toEqual(moment);
});

test('a recalled future time is never in the past, and never too far ahead', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat(), (wall, longestMs) => {
      const { mono } = recallFuture(wall, NOW, longestMs);
      expect(mono).toBeGreaterThanOrEqual(NOW.mono);
      expect(mono).toBeLessThanOrEqual(NOW.mono + longestMs);
    }),
  );
});

test('a later moment moves both clocks', () => {
  expect(later(NOW, 250)).toEqual({ mono: 5_250, wall: 1_000_250 });
});
