import { describe, expect, test } from 'vitest';
import { createLeakDetector } from '../../../src/policy/anomaly/leak-detector.ts';
import { feed, noiseAt, tooth } from './series.ts';

const HOUR = 3600;
type Series = (t: number) => number;

/** Series of a program that otherwise uses 100 MB. Rates are in MB per minute. */
const LEAKS: readonly (readonly [kind: string, series: Series])[] = [
  ['linear', (t) => 100 + (4 * t) / 60],
  ['linear and noisy', (t) => 100 + (4 * t) / 60 + 2 * noiseAt(t)],
  ['stepwise', (t) => 100 + 8 * Math.floor(t / 120) + noiseAt(t)],
  ['sawtooth with a rising floor', (t) => 100 + (4 * t) / 60 + tooth(t, 17, 40) + noiseAt(t)],
  ['V8 heap with major collections', (t) => 100 + (5 * t) / 60 + tooth(t, 5, 10) + tooth(t, 140, 30)],
  [
    'hidden by a sawtooth of ten minutes',
    (t) => 60 + (3 * t) / 60 + (t % 600 < 300 ? 0 : tooth(t, 600, 60)) + noiseAt(t),
  ],
  ['JVM heap with a large sawtooth', (t) => 100 + (5 * t) / 60 + tooth(t, 240, 60)],
  ['after an hour of constant usage', (t) => 100 + (4 * Math.max(0, t - HOUR)) / 60 + noiseAt(t)],
  ['after a warm-up', (t) => 100 - 60 * Math.exp(-t / 120) + (4 * t) / 60 + noiseAt(t)],
  ['accelerating', (t) => 100 + ((t / 60) * (2 + t / 1200)) / 1 + noiseAt(t)],
];

const HEALTHY: readonly (readonly [kind: string, series: Series])[] = [
  ['constant', () => 100],
  ['noise', (t) => 100 + 10 * noiseAt(t)],
  ['a warm-up to a plateau', (t) => 400 - 300 * Math.exp(-t / 400) + noiseAt(t)],
  ['a cache that fills evenly to its cap', (t) => 100 + Math.min(300, t / 2) + noiseAt(t)],
  ['a cache that fills at a decreasing rate', (t) => 100 + 300 * (1 - Math.exp(-t / 1000)) + noiseAt(t)],
  ['a V8 sawtooth', (t) => 100 + tooth(t, 5, 10) + tooth(t, 140, 40)],
  ['a JVM sawtooth', (t) => 100 + tooth(t, 420, 200)],
  ['traffic', (t) => 150 + 50 * Math.sin(t / 300) + noiseAt(t)],
  ['a step', (t) => (t < 2000 ? 100 : 250) + noiseAt(t)],
  ['two steps', (t) => 100 + (t > 1500 ? 40 : 0) + (t > 3000 ? 40 : 0) + noiseAt(t)],
  ['fragmentation', (t) => 100 + 6 * Math.sin(t / 177) + 4 * Math.sin(t / 613) + noiseAt(t)],
  ['falling', (t) => 400 - t / 60 + noiseAt(t)],
];

describe('the leak detector', () => {
  test.each(LEAKS)('finds a leak of the kind "%s"', (_kind, series) => {
    const { onsets, first } = feed(createLeakDetector(), 3 * HOUR, series);
    expect(onsets.length).toBeGreaterThan(0);
    expect(first?.evidence?.sentence).toMatch(/^memory rose \d+\.\d MB\/min for \d+ min, from \d+ to \d+ MB/);
  });

  test('ignores the steep rise during a start', () => {
    const series: Series = (t) => 300 - 250 * Math.exp(-t / 90) + (5 * t) / 60 + noiseAt(t);
    expect(feed(createLeakDetector(), HOUR, series).onsets[0]).toBeLessThan(2100);
  });

  test.each(HEALTHY)('ignores %s', (_kind, series) => {
    expect(feed(createLeakDetector(), 3 * HOUR, series).onsets).toEqual([]);
  });

  test.each([
    ['every 10 s', 10],
    ['four times a second', 0.25],
  ])('finds a leak that is sampled %s', (_pace, everyS) => {
    expect(feed(createLeakDetector(), 3 * HOUR, (t) => 100 + (4 * t) / 60, everyS).onsets).toHaveLength(1);
  });

  test('reports a leak as one finding as long as it lasts', () => {
    const { onsets, first } = feed(createLeakDetector(), 3 * HOUR, (t) => 100 + (4 * t) / 60);
    expect(onsets).toHaveLength(1);
    expect(first?.evidence?.figures['mbPerMinute']).toBeCloseTo(4, 1);
  });

  test('starts from scratch after a reset', () => {
    const detector = createLeakDetector();
    for (let round = 0; round < 6; round++) {
      expect(feed(detector, 900, (t) => 100 + (8 * t) / 60).onsets).toEqual([]);
      detector.reset();
    }
  });

  test('does not count a gap or a clock change as time in which memory rose', () => {
    const detector = createLeakDetector();
    const jumps = [0, 86_400, -3600, 7 * 86_400];
    let t = 0;
    for (const jump of jumps) {
      t += jump;
      for (let second = 0; second < 600; second++) {
        const { anomaly } = detector.push({ t: (t += 1), value: 100 + noiseAt(second) });
        expect(anomaly).toBe(false);
      }
    }
  });

  describe('fast', () => {
    const rising = (mbPerSecond: number) => (t: number) => 60 + mbPerSecond * t;

    test('predicts within a minute that the limit will be reached', () => {
      const { onsets, first } = feed(createLeakDetector({ limitMb: 400 }), 100, rising(5));
      expect(onsets[0]).toBeLessThan(50);
      expect(first?.evidence?.sentence).toBe(
        'memory rose steadily by 5.0 MB/s for 40 s, from 60 to 260 MB; at that rate the limit of 400 MB will be reached in 28 s',
      );
    });

    test('reports that the limit is already exceeded', () => {
      const { first } = feed(createLeakDetector({ limitMb: 100 }), 100, rising(5));
      expect(first?.evidence?.sentence).toBe(
        'memory rose steadily by 5.0 MB/s for 40 s, from 60 to 260 MB; the limit is already exceeded',
      );
    });

    test('needs no limit if the rate alone is too high', () => {
      expect(feed(createLeakDetector({ fastMbPerSecond: 4 }), 60, rising(5)).onsets).toHaveLength(1);
      expect(feed(createLeakDetector({ fastMbPerSecond: 4 }), 60, rising(3)).onsets).toEqual([]);
    });

    test.each<readonly [string, Series]>([
      ['in steps of a second', (t) => 60 + 5 * Math.floor(t + 0.5)],
      ['in steps of five seconds', (t) => 60 + 25 * Math.floor(t / 5 + 0.3)],
      ['below the sawtooth of a garbage collector', (t) => 60 + 5 * t + tooth(t, 7, 20)],
      ['after a start that takes more', (t) => 60 + 5 * t + Math.min(40, 8 * t)],
    ])('finds a leak %s within 52 seconds', (_kind, series) => {
      expect(feed(createLeakDetector({ fastMbPerSecond: 4 }), 60, series).onsets[0]).toBeLessThanOrEqual(52);
    });

    test('observes a large program for longer, and only if memory will run out soon', () => {
      const large: Series = (t) => 600 + noiseAt(t) + 5 * Math.max(0, t - 60);
      const firstAt = (hostFreeMb: number): number | null => {
        const detector = createLeakDetector({ fastMbPerSecond: 4 });
        for (let t = 0; t < 60 + 140; t++) if (detector.push({ t, value: large(t), hostFreeMb }).anomaly) return t - 60;
        return null;
      };
      expect(firstAt(1000)).toBeGreaterThanOrEqual(80);
      expect(firstAt(8000)).toBeNull();
    });

    test.each<readonly [string, Series]>([
      ['loading at the speed of a disk', (t) => 60 + Math.min(4000, 100 * t)],
      ['a warm-up', (t) => 60 + 400 * (1 - Math.exp(-t / 20))],
      ['loading in stages', (t) => 60 + 150 * Math.floor(t / 30)],
      ['a sawtooth', (t) => 60 + tooth(t, 35, 200)],
      ['a warm-up to some times of what it held', (t) => 400 + 2400 * (1 - Math.exp(-t / 450)) + noiseAt(t)],
      ['a small rise', (t) => 20 + Math.min(175, 5 * t)],
      ['a warm-up of minutes', (t) => 60 + 3000 * (1 - Math.exp(-t / 300))],
      ['teeth of minutes, after the first', (t) => 60 + (t < 100 ? tooth(t, 20, 1000) : tooth(t, 100, 700))],
    ])('ignores %s', (_kind, series) => {
      expect(feed(createLeakDetector({ fastMbPerSecond: 4 }), 200, series).onsets).toEqual([]);
    });
  });
});
