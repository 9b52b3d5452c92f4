import { describe, expect, test } from 'vitest';
import { growthChart } from '../../bench/support/growth-chart.mjs';
import { Tally } from '../../bench/support/tally.mjs';

/** Returns a chart of one group with these medians, by the number of programs. */
function chartOf(medians: Readonly<Record<number, number>>, title = 'healer up'): string {
  const tally = new Tally(title, 'ms');
  for (const [count, median] of Object.entries(medians)) tally.add(`${count} programs`, median);
  return growthChart([tally.result()], 'measured <here> & now');
}

function points(chart: string): number[][] {
  const list = /<polyline points="([^"]*)"/.exec(chart)?.[1] ?? '';
  return list.split(' ').map((point) => point.split(',').map(Number));
}

describe('the chart of growth', () => {
  test('draws a cost in proportion to the number of programs as a straight line', () => {
    const [a, b, c] = points(chartOf({ 10: 20, 100: 200, 1000: 2000 }));
    const slope = ([x1 = 0, y1 = 0]: number[] = [], [x2 = 0, y2 = 0]: number[] = []) => (y2 - y1) / (x2 - x1);
    expect(slope(a, b)).toBeCloseTo(slope(b, c), 1);
    expect(slope(a, b)).toBeLessThan(0);
  });

  test('draws a constant cost as a horizontal line, and keeps everything inside of the picture', () => {
    const chart = chartOf({ 1: 30, 3000: 30 });
    const [[x1 = 0, y1 = 0] = [], [x2 = 0, y2 = 0] = []] = points(chart);
    expect(y1).toBe(y2);
    const [width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(chart)?.slice(1) ?? []).map(Number);
    for (const x of [x1, x2]) expect(x > 0 && x < width).toBe(true);
    expect(y1 > 0 && y1 < height).toBe(true);
  });

  test('accepts a cost of zero, and one panel for each group', () => {
    expect(
      points(chartOf({ 1: 0, 100: 2 }))
        .flat()
        .every(Number.isFinite),
    ).toBe(true);
    const tallies = ['one', 'two', 'three', 'four'].map((title) => {
      const tally = new Tally(title, '%');
      tally.add('1 program', 1);
      return tally.result();
    });
    expect(growthChart(tallies, '').match(/<polyline /g)).toHaveLength(4);
  });

  test('is well-formed whatever its words are', () => {
    const chart = chartOf({ 1: 1 }, 'a < b & c');
    expect(chart).toContain('a &lt; b &amp; c');
    expect(chart).toContain('measured &lt;here> &amp; now');
    expect(chart).not.toMatch(/&(?!amp;|lt;)/);
  });
});
