import { describe, expect, test } from 'vitest';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';
import { bar, chart, peakOf, resample, sparkline } from '../../../src/tui/text/graphs.ts';

const glyphs = chooseGlyphs(true, {});

test('a bar is filled to its fraction and never overflows', () => {
  expect([0, 0.5, 1, 7, null].map((share) => bar(glyphs, share, 4))).toEqual(['....', '##..', '####', '####', '....']);
});

describe('a sparkline', () => {
  test('has the newest sample at the right', () => {
    expect(sparkline(glyphs, [0, 50, 100], 5, 100)).toBe('   =#');
  });

  test('shows a small value as more than zero', () => {
    expect(sparkline(glyphs, [0, 0.1, null], 3, 100)).toBe(' . ');
  });
});

test('a chart stacks its lines, the top line first', () => {
  expect(chart(glyphs, [0, 50, 75, 100], 2, 100)).toEqual(['  =#', ' ###']);
});

describe('resampling', () => {
  test('keeps the peak of each column', () => {
    expect(resample([1, 9, 2, 3, 8, 4], 3)).toEqual([9, 3, 8]);
  });

  test('leaves columns without samples empty', () => {
    expect(resample([5], 3)).toEqual([null, null, 5]);
    expect(resample([], 2)).toEqual([null, null]);
  });
});

describe('the peak', () => {
  test.each([
    [[], null],
    [[null, null], null],
    [[0], 0],
    [[1, null, 7, 3], 7],
  ])('of %j is %j', (samples, peak) => {
    expect(peakOf(samples)).toBe(peak);
  });
});

test.each([
  [[], 3, [null, null, null]],
  [[1, 2, 3], 3, [1, 2, 3]],
  [[1, 2], 4, [null, null, 1, 2]],
  [[1, 2, 3], 2, [1, 3]],
  [[9, 1, 1, 1, 5], 3, [9, 1, 5]],
  [[null, null, 4, null], 2, [null, 4]],
])('the samples %j become %j columns: %j', (samples, columns, expected) => {
  expect(resample(samples, columns)).toEqual(expected);
});

test.each([
  [[0, 25, 50, 75, 100], 1, [' :=*#']],
  [[100], 3, ['#', '#', '#']],
  [[50], 2, [' ', '#']],
  [[null, 1], 2, ['  ', ' .']],
  [[200], 1, ['#']],
])('the values %j on %i lines are the chart %j', (values, height, lines) => {
  expect(chart(glyphs, values, height, 100)).toEqual(lines);
});

test('without a highest value, a chart is empty', () => {
  expect(chart(glyphs, [5, 6], 1, 0)).toEqual(['  ']);
});
