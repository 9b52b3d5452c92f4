import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createLeakDetector,
  createNoveltyDetector,
  createSpikeDetector,
  type Detector,
} from '../../../src/policy/anomaly/index.ts';

const DETECTORS: readonly (readonly [name: string, create: () => Detector])[] = [
  ['leak', () => createLeakDetector({ limitMb: 500, fastMbPerSecond: 4 })],
  ['spike', () => createSpikeDetector()],
  ['novelty', () => createNoveltyDetector()],
];

/** Times in any order, and any values. */
const anySample = fc.record({
  t: fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.double()),
  value: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.double()),
});

describe.each(DETECTORS)('the %s detector, whatever is pushed,', (_name, create) => {
  test('returns a score from 0 to 1, and evidence for each anomaly', () => {
    fc.assert(
      fc.property(fc.array(anySample, { minLength: 400, maxLength: 800 }), (samples) => {
        const detector = create();
        const wrong = samples.filter((sample) => {
          const { score, anomaly, evidence } = detector.push(sample);
          const isInRange = score >= 0 && score <= 1 && anomaly === score >= 0.5;
          return !isInRange || (anomaly && !/\d/.test(evidence?.sentence ?? ''));
        });
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('forgets everything when it is reset', () => {
    fc.assert(
      fc.property(fc.array(anySample, { maxLength: 400 }), fc.array(anySample, { maxLength: 400 }), (before, after) => {
        const used = create();
        for (const sample of before) used.push(sample);
        used.reset();
        const fresh = create();
        for (const sample of after) expect(used.push(sample)).toEqual(fresh.push(sample));
      }),
      { numRuns: 40 },
    );
  });

  test('depends only on time differences', () => {
    const [here, elsewhere] = [create(), create()];
    // A whole number of days later, because the novelty detector follows the time of day.
    const days = 20_000 * 86_400;
    for (let t = 0; t < 5000; t++) {
      const value = 100 + t / 10 + 20 * Math.sin(t / 50);
      expect(here.push({ t, value }).score).toBeCloseTo(elsewhere.push({ t: t + days, value }).score, 5);
    }
  });
});
