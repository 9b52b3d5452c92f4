import type { Detector, Finding, Sample } from '../../../src/policy/anomaly/detector.ts';

/** Returns reproducible noise between -1 and 1. */
export function noiseAt(t: number): number {
  const mixed = Math.sin(t * 12.9898 + 78.233) * 43_758.5453;
  return 2 * (mixed - Math.floor(mixed)) - 1;
}

/** Returns a sawtooth that rises to `height` and drops every `seconds`. */
export function tooth(t: number, seconds: number, height: number): number {
  return (height * (t % seconds)) / seconds;
}

export interface Findings {
  /** Seconds at which an anomaly began. */
  readonly onsets: readonly number[];
  readonly first: Finding | null;
  readonly highestScore: number;
}

/** Feeds a series, one sample per second by default. */
export function feed(detector: Detector, seconds: number, valueAt: (t: number) => number, everyS = 1): Findings {
  const onsets: number[] = [];
  let first: Finding | null = null;
  let wasAnomalous = false;
  let highestScore = 0;
  for (let t = 0; t < seconds; t += everyS) {
    const finding = detector.push({ t, value: valueAt(t) } satisfies Sample);
    highestScore = Math.max(highestScore, finding.score);
    if (finding.anomaly && !wasAnomalous) {
      onsets.push(t);
      first ??= finding;
    }
    wasAnomalous = finding.anomaly;
  }
  return { onsets, first, highestScore };
}
