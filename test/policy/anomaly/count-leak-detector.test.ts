import { describe, expect, test } from 'vitest';
import { type CountSample, createCountLeakDetector } from '../../../src/policy/anomaly/count-leak-detector.ts';
import type { Finding } from '../../../src/policy/anomaly/detector.ts';
import { SavedNumbers, toStored } from '../../../src/policy/anomaly/saved-numbers.ts';

const HOUR = 3600;
const descriptors = (): ReturnType<typeof createCountLeakDetector> =>
  createCountLeakDetector({ counted: 'open descriptors' });

/** Feeds a series, one sample a second, and returns the first finding with its time; null without one. */
function firstLeak(
  valueAt: (t: number) => number,
  { hours = 3, limitOf }: { readonly hours?: number; readonly limitOf?: CountSample['limitOf'] } = {},
): (Finding & { readonly t: number }) | null {
  const detector = descriptors();
  for (let t = 0; t < hours * HOUR; t++) {
    const finding = detector.push({ t, value: valueAt(t), ...(limitOf === undefined ? {} : { limitOf }) });
    if (finding.anomaly) return { ...finding, t };
  }
  return null;
}

/** A repeatable number from 0 to 1 for each second. */
const noise = (t: number): number => (Math.sin(t * 12.9898) * 43_758.5453) % 1;

describe('a leak of something that is counted', () => {
  test.each<[string, (t: number) => number, number]>([
    ['one descriptor every 10 s', (t) => 30 + Math.floor(t / 10), 45],
    ['one a minute', (t) => 30 + Math.floor(t / 60), 90],
    [
      'one for each tenth of the requests, which hold some more',
      (t) => 30 + Math.floor(t / 20) + Math.abs(noise(t)) * 15,
      60,
    ],
    ['counted once a minute', (t) => 30 + 6 * Math.floor(t / 60), 45],
  ])('%s is found', (_name, valueAt, withinMinutes) => {
    const found = firstLeak(valueAt);
    expect(found?.evidence?.sentence).toMatch(
      /^open descriptors rose by \d+ per hour for \d+ (?:min|h), from \d+ to \d+ /,
    );
    expect(found?.t).toBeLessThan(withinMinutes * 60);
  });

  test.each<[string, (t: number) => number]>([
    ['a constant count', () => 1_000],
    ['a pool that is filled at the start', (t) => Math.min(200, 20 + t)],
    ['connections that come and go with the load', (t) => 100 + 80 * Math.sin(t / 900) + 10 * noise(t)],
    ['a pool that is doubled once', (t) => (t < HOUR ? 40 : 80)],
    ['bursts', (t) => (t % 600 < 60 ? 400 : 30)],
    ['growth that stays below the least growth', (t) => 30 + Math.min(19, Math.floor(t / 300))],
  ])('%s is not a leak', (_name, valueAt) => {
    expect(firstLeak(valueAt, { hours: 6 })).toBeNull();
  });

  test('the forecast names the limit', () => {
    const found = firstLeak((t) => 30 + Math.floor(t / 10), { limitOf: () => 1_024 });
    expect(found?.evidence?.sentence).toMatch(
      /; at that rate the limit of 1024 will be reached in 2 h$|reached in \d+ min$/,
    );
    expect(found?.evidence?.figures).toMatchObject({
      limit: 1_024,
      perHour: expect.any(Number),
      hoursLeft: expect.any(Number),
    });
  });

  test('a limit is not read unless there is a leak', () => {
    let reads = 0;
    firstLeak((t) => 100 + 50 * Math.sin(t / 900), {
      limitOf: () => {
        reads += 1;
        return 1_024;
      },
    });
    expect(reads).toBe(0);
  });

  test('an engine that is replaced every 15 minutes finds it as well', () => {
    let detector = descriptors();
    let found: number | null = null;
    for (let t = 0; found === null && t < 3 * HOUR; t++) {
      if (t > 0 && t % 900 === 0) {
        const saved = toStored(detector.save?.() ?? []);
        detector = descriptors();
        detector.restore?.(new SavedNumbers(saved), 1);
      }
      if (detector.push({ t, value: 30 + Math.floor(t / 10) }).anomaly) found = t;
    }
    expect(found).not.toBeNull();
    expect(found).toBeLessThan(50 * 60);
  });

  test('what was saved before anything was counted is continued', () => {
    const detector = descriptors();
    detector.restore?.(new SavedNumbers(toStored(descriptors().save?.() ?? [])), 1);
    expect(detector.push({ t: 0, value: 10 })).toMatchObject({ anomaly: false });
    expect(detector.push({ t: 1, value: 100 })).toMatchObject({ anomaly: false });
  });

  test('numbers that are not such a state are refused, and the detector is as new', () => {
    const detector = descriptors();
    expect(() => detector.restore?.(new SavedNumbers([99]), 1)).toThrow(RangeError);
    expect(detector.push({ t: 0, value: 10 })).toMatchObject({ anomaly: false });
  });
});
