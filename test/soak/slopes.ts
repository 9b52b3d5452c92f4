import { measureTrend } from '../../src/policy/anomaly/trend.ts';

/** Points that a trend is measured on: each is the lowest value of its share of the run, which noise disturbs least. */
const POINTS = 40;
/** Standard deviations beyond chance, p < 0.001 for a rise. */
const SIGNIFICANT = 3.1;

/** A quantity over time. */
export interface Series {
  readonly name: string;
  readonly unit: string;
  /** A rise over the whole run up to this is accepted even if it is significant. */
  readonly tolerance: number;
  /** A size up to which growth is intended, for files that are rotated or compacted; such a file has no slope. */
  readonly bound?: number;
  readonly samples: { readonly seconds: number; readonly value: number }[];
}

/** The verdict about a series. */
export interface Slope {
  readonly name: string;
  readonly unit: string;
  /** Medians of the first and of the last quarter of the points. */
  readonly first: number;
  readonly last: number;
  readonly highest: number;
  readonly perHour: number;
  /** Mann-Kendall: how far the order of the points differs from chance, in standard deviations. */
  readonly z: number;
  readonly problem: string | null;
}

/** Histories of usage with a value per second are full after this time; until then memory rises as intended. */
const FULL_SECONDS = 960;

/** Measures the slope of a series after its warm-up: until histories are full, or half of a shorter run. */
export function slopeOf({ name, unit, tolerance, bound, samples }: Series): Slope {
  const seconds = samples.at(-1)?.seconds ?? 0;
  const warmUp = Math.min(seconds / 2, Math.max(seconds / 5, FULL_SECONDS));
  const settled = samples.filter((each) => each.seconds >= warmUp);
  const points = lowestOfShares(settled);
  const times = Float64Array.from(points, ({ seconds }) => seconds);
  const values = Float64Array.from(points, ({ value }) => value);
  const { slope: perPoint, z } = measureTrend(values, points.length);
  const rise = perPoint * (points.length - 1);
  const slope = rise / Math.max(1, (times.at(-1) ?? 0) - (times[0] ?? 0));
  const highest = Math.max(0, ...samples.map(({ value }) => value));
  const isRising = bound === undefined && z > SIGNIFICANT && rise > tolerance;
  const problem = isRising
    ? `rose by ${rise.toFixed(1)} ${unit} (z ${z.toFixed(1)})`
    : bound !== undefined && highest > bound
      ? `exceeded ${String(bound)} ${unit}`
      : null;
  const quarter = Math.ceil(values.length / 4);
  const first = median(values.slice(0, quarter));
  const last = median(values.slice(-quarter));
  return { name, unit, first, last, highest, perHour: slope * 3600, z, problem };
}

function lowestOfShares(samples: Series['samples']): Series['samples'] {
  const count = Math.min(POINTS, samples.length);
  return Array.from({ length: count }, (_, index) => {
    const share = samples.slice(
      Math.floor((index * samples.length) / count),
      Math.floor(((index + 1) * samples.length) / count),
    );
    const seconds = share.reduce((sum, each) => sum + each.seconds, 0) / share.length;
    return { seconds, value: Math.min(...share.map(({ value }) => value)) };
  });
}

function median(values: Float64Array): number {
  return values.toSorted()[Math.floor(values.length / 2)] ?? 0;
}
