import { describe, expect, test } from 'vitest';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';
import { bar, chart, resample, sparkline } from '../../../src/tui/text/graphs.ts';

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
