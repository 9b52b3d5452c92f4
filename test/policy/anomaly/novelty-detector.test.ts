import { describe, expect, test } from 'vitest';
import { createNoveltyDetector } from '../../../src/policy/anomaly/novelty-detector.ts';
import { SIGNS, SurprisingSigns } from '../../../src/policy/anomaly/surprising-signs.ts';
import { feed, noiseAt } from './series.ts';

const CALM = (t: number): number => 100 + 5 * noiseAt(t);
const AT = 3_000;

describe('the novelty detector', () => {
  test.each<[string, (t: number) => number]>([
    ['a jump', (t) => (t === AT ? 400 : CALM(t))],
    ['a drop', (t) => (t === AT ? 0 : CALM(t))],
    ['a new level', (t) => (t >= AT ? 300 : CALM(t))],
    ['a burst of noise', (t) => (t >= AT && t < AT + 60 ? 100 + 90 * noiseAt(t) : CALM(t))],
    ['a flat line', (t) => (t >= AT ? 100 : 100 + 30 * Math.sin(t / 3))],
  ])('rates %s far above the samples around it', (_what, series) => {
    const detector = createNoveltyDetector();
    let before = 0;
    let during = 0;
    for (let t = 0; t < AT + 120; t += 1) {
      const { score } = detector.push({ t, value: series(t) });
      if (t >= AT) during = Math.max(during, score);
      else if (t >= AT - 1_000) before = Math.max(before, score);
    }
    expect(during).toBeGreaterThan(before);
    expect(during).toBeGreaterThan(0.3);
  });

  test.each<[string, (t: number) => number]>([
    ['constant', () => 100],
    ['a ramp', (t) => t],
    ['a wave', (t) => 100 + 20 * Math.sin(t / 50)],
  ])('finds nothing in a series that is %s', (_what, series) => {
    expect(feed(createNoveltyDetector(), 5_000, series).onsets).toEqual([]);
  });

  test('does not report the same value again after a peak', () => {
    const detector = createNoveltyDetector();
    for (let t = 0; t < AT; t += 1) detector.push({ t, value: CALM(t) });
    const first = detector.push({ t: AT, value: 400 }).score;
    const second = detector.push({ t: AT + 1, value: 400 }).score;
    expect(first).toBeGreaterThan(0.5);
    expect(second).toBeLessThan(first);
  });

  test('explains what is unusual, with the usual value', () => {
    const detector = createNoveltyDetector({ name: 'memory', unit: 'MB' });
    for (let t = 0; t < AT; t += 1) detector.push({ t, value: CALM(t) });
    const { evidence } = detector.push({ t: AT, value: 400 });
    expect(evidence?.sentence).toMatch(
      /^memory of 400\.0 MB is unusual, mainly because of its .+; the usual value is 1?\d\d(\.\d+)? ± \d\.\d MB$/,
    );
    expect(evidence?.figures['value']).toBe(400);
  });

  test('leaves out a name and a unit that it does not have', () => {
    const detector = createNoveltyDetector();
    for (let t = 0; t < AT; t += 1) detector.push({ t, value: CALM(t) });
    expect(detector.push({ t: AT, value: 400 }).evidence?.sentence).toMatch(/^a value of 400\.0 is unusual, /);
  });
});

describe('the statistics of a sample', () => {
  function signsAfter(values: readonly number[]): Map<string, number> {
    const signs = new SurprisingSigns();
    values.forEach((value, t) => {
      signs.push(t, value);
    });
    return new Map(SIGNS.map((name, index) => [name, signs.values[index] ?? NaN]));
  }

  test('are all numbers that are not negative', () => {
    for (const value of signsAfter(Array.from({ length: 500 }, (_, t) => CALM(t))).values()) {
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  test.each<[string, readonly number[], string, number]>([
    ['a rise of 7', [10, 10, 17], 'its sudden change', 7],
    ['a fall of 4', [10, 10, 6], 'its sudden change', 4],
    ['a fall of 4', [10, 10, 6], 'its sudden fall', 4],
    ['a rise', [10, 10, 17], 'its sudden fall', 0],
    ['a line', [1, 2, 3], 'its sudden change of slope', 0],
    ['a turn', [1, 2, 1], 'its sudden change of slope', 2],
    ['a constant series', [5, 5, 5], 'its sudden change', 0],
    ['a value above the usual', [10, 10, 17], 'its low value', 0],
    ['a value below the usual', [10, 10, 6], 'its high value', 0],
    ['a range of 9', [1, 10, 5], 'its recent range', 9],
  ])('show %s', (_what, values, name, expected) => {
    expect(signsAfter(values).get(name)).toBeCloseTo(expected, 6);
  });

  test('forget a range after 30 samples', () => {
    const calm = (count: number): number[] => [100, ...Array.from({ length: count }, () => 5)];
    expect(signsAfter(calm(29)).get('its recent range')).toBe(95);
    expect(signsAfter(calm(30)).get('its recent range')).toBe(0);
  });
});
