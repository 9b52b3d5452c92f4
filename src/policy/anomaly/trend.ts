import { select } from './select.ts';

/** The largest number of points of a trend. */
export const MOST_POINTS = 60;

/** Slopes of all pairs. Every call reuses the buffer, so that a thousand watched series allocate nothing. */
const slopes = new Float64Array((MOST_POINTS * (MOST_POINTS - 1)) / 2);
const residuals = new Float64Array(MOST_POINTS);

/** A rise or fall of evenly spaced points, without assumptions about the distribution of the noise. */
export interface Trend {
  /** How far the order of the points differs from chance, in standard deviations. */
  readonly z: number;
  /** Change from one point to the next. */
  readonly slope: number;
  /** Difference between the 10th and the 90th percentile of the residuals. */
  readonly spread: number;
}

/**
 * Measures a trend with the Mann-Kendall test (Mann 1945, Kendall 1975) and Sen's slope (1968), the median of the slopes of
 * all pairs.
 *
 * @param count number of points, at most MOST_POINTS
 */
export function measureTrend(values: Float64Array, count: number): Trend {
  let pairs = 0;
  let order = 0;
  for (let late = 1; late < count; late++) {
    const value = values[late] ?? 0;
    for (let early = 0; early < late; early++) {
      const rise = value - (values[early] ?? 0);
      if (rise > 0) order++;
      else if (rise < 0) order--;
      slopes[pairs++] = rise / (late - early);
    }
  }
  const slope = pairs === 0 ? 0 : select(slopes, pairs, Math.round((pairs - 1) / 2));
  return { z: significance(order, count), slope, spread: spreadAround(slope, values, count) };
}

function significance(order: number, count: number): number {
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  return deviation === 0 ? 0 : (order - Math.sign(order)) / deviation;
}

function spreadAround(slope: number, values: Float64Array, count: number): number {
  for (let index = 0; index < count; index++) residuals[index] = (values[index] ?? 0) - slope * index;
  const high = select(residuals, count, Math.round(0.9 * (count - 1)));
  return high - select(residuals, count, Math.round(0.1 * (count - 1)));
}
