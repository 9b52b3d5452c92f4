import { describe, expect, test } from 'vitest';
import { createForkBombDetector } from '../../../src/policy/anomaly/fork-bomb-detector.ts';

/** Feeds counts at even intervals. Returns the index and the sentence of the first finding. */
function firstFinding(counts: readonly number[], stepMs: number, max = 50) {
  const detector = createForkBombDetector({ maxDescendants: max });
  const findings = counts.map((descendants, at) => detector.push({ t: (at * stepMs) / 1000, value: descendants }));
  const at = findings.findIndex(({ anomaly }) => anomaly);
  return { at, sentence: findings[at]?.evidence?.sentence };
}

describe('the fork bomb detector', () => {
  test('finds more descendants than the maximum, but not exactly the maximum', () => {
    expect(firstFinding([0, 50], 1000).at).toBe(-1);
    expect(firstFinding([0, 51], 1000)).toEqual({
      at: 1,
      sentence: 'descendants rose to 51, above the maximum of 50',
    });
  });

  test('finds a number that doubles from sample to sample before it exceeds the maximum', () => {
    expect(firstFinding([2, 5, 13, 38], 100)).toEqual({
      at: 3,
      sentence: 'descendants rose from 2 to 38 within 300 ms and are about to exceed the maximum of 50',
    });
  });

  test.each([
    ['workers that are started at a steady rate', [0, 13, 26, 39, 40, 40], 100],
    ['workers that are started faster and faster over seconds', [1, 3, 7, 15, 31, 40], 1000],
    ['a pool that fills up', [0, 20, 30, 36, 40, 40], 100],
    ['a number that multiplies and stays small', [1, 2, 4, 8, 8], 100],
    ['a number that rises and falls', [10, 40, 10, 40, 10, 45], 250],
    ['no descendants', [0, 0, 0, 0], 100],
  ])('ignores %s', (_, counts, stepMs) => {
    expect(firstFinding(counts, stepMs).at).toBe(-1);
  });
});
