import { describe, expect, test } from 'vitest';
import { createSpikeDetector } from '../../../src/policy/anomaly/spike-detector.ts';
import { feed, noiseAt } from './series.ts';

const HALF_HOUR = 1800;
const ONSET = 900;
type Series = (t: number) => number;

const idle: Series = (t) => 4 + 2 * noiseAt(t);
const busy: Series = (t) => 40 + 8 * noiseAt(t);
const bursts: Series = (t) => (t % 60 < 8 ? 120 : idle(t));
const cron: Series = (t) => (t % 240 < 40 ? 95 : idle(t));
const from =
  (below: Series, above: Series): Series =>
  (t) =>
    t < ONSET ? below(t) : below(t) + above(t);

const SPIKES: readonly (readonly [kind: string, series: Series, withinS: number])[] = [
  ['a spin of an idle program', from(idle, () => 98), 20],
  ['a spin of a busy program', from(busy, () => 98), 20],
  ['a runaway with four threads', from(idle, () => 400), 20],
  ['a spin under bursts', from(bursts, () => 98), 30],
  ['a ramp', from(idle, (t) => Math.min(150, t - ONSET)), 90],
  ['a ramp to a core of a busy program', (t) => Math.max(busy(t), Math.min(98, 45 + (t - ONSET) / 3)), 300],
  ['a livelock of a busy program', from(busy, (t) => 32 + 8 * noiseAt(t + 0.5)), 40],
  ['a spin of a program with occasional work of 40 s', from(cron, () => 98), 80],
];

const HEALTHY: readonly (readonly [kind: string, series: Series])[] = [
  ['an idle program', idle],
  ['a busy program', busy],
  ['bursts', bursts],
  ['a job every four minutes', cron],
  ['a first job right after the warm-up', (t) => (t > 310 && t < 370 ? 140 : idle(t))],
  ['a start', (t) => (t < 90 ? 250 : idle(t))],
  ['a program that always works', (t) => 190 + 10 * noiseAt(t)],
  ['traffic', (t) => 40 + 25 * Math.sin(t / 200) + 5 * noiseAt(t)],
  ['the first wave of traffic', (t) => 60 - 50 * Math.cos((t - 150) / 111) + 3 * noiseAt(t)],
  ['a level below the minimum', from(idle, () => 30)],
];

describe('the spike detector', () => {
  test.each(SPIKES)('finds %s', (_kind, series, withinS) => {
    const { onsets, first } = feed(createSpikeDetector(), HALF_HOUR, series);
    expect(onsets[0]).toBeGreaterThanOrEqual(ONSET);
    expect(onsets[0]).toBeLessThanOrEqual(ONSET + withinS);
    expect(first?.evidence?.sentence).toMatch(/^CPU was at least \d+ % for most of \d+ s; the usual level is \d+ %; /);
  });

  test.each(HEALTHY)('ignores %s', (_kind, series) => {
    expect(feed(createSpikeDetector(), HALF_HOUR, series).onsets).toEqual([]);
  });

  test('is not confused by short dips of a livelock', () => {
    const series: Series = (t) => (t < ONSET ? idle(t) : [0, 4, 8].includes(t % 14) ? 45 : 62);
    expect(feed(createSpikeDetector(), HALF_HOUR, series).onsets[0]).toBeLessThanOrEqual(ONSET + 40);
  });

  const often: Series = (t) => (t % 40 < 7 ? 120 : idle(t));
  const uneven: Series = (t) => 98 + 30 * noiseAt(t + 0.5);
  const firstOnset = (below: Series, above: Series): number =>
    feed(createSpikeDetector(), HALF_HOUR, from(below, above)).onsets[0] ?? Infinity;

  test('waits longer for an uneven level if the usual work comes in bursts', () => {
    expect(firstOnset(idle, uneven)).toBeLessThan(firstOnset(often, uneven));
  });

  test('needs 13 s for a loop that never ends, whatever the usual work is', () => {
    for (const below of [idle, busy, often]) expect(firstOnset(below, () => 98) - ONSET).toBeLessThanOrEqual(13);
  });

  test('does not report a wave on its way down', () => {
    const wave: Series = (t) => 60 - 50 * Math.cos((2 * Math.PI * (t - 100)) / 900) + 2 * noiseAt(t);
    const plateau: Series = (t) => wave(Math.min(t, 550));
    expect(feed(createSpikeDetector(), 1000, wave).onsets).toEqual([]);
    expect(feed(createSpikeDetector(), 1000, plateau).onsets).toHaveLength(1);
  });

  test('accepts a lasting level as usual in the end', () => {
    const detector = createSpikeDetector();
    expect(
      feed(
        detector,
        3 * HALF_HOUR,
        from(idle, () => 98),
      ).onsets,
    ).toHaveLength(1);
    expect(detector.push({ t: 3 * HALF_HOUR, value: 98 }).anomaly).toBe(false);
  });

  test('reports nothing during the warm-up', () => {
    const series: Series = (t) => (t < 100 ? idle(t) : 98);
    expect(feed(createSpikeDetector(), 200, series).onsets).toEqual([]);
    expect(feed(createSpikeDetector({ warmUpSeconds: 60 }), 200, series).onsets).toHaveLength(1);
  });

  test('learns from scratch after a reset', () => {
    const detector = createSpikeDetector();
    feed(detector, HALF_HOUR, idle);
    detector.reset();
    expect(feed(detector, 290, () => 98).onsets).toEqual([]);
  });
});
