/** The largest number of points of a trend. */
const MOST_POINTS = 48;

/** Slopes of all pairs. Every call reuses the buffer, so that a thousand watched series allocate nothing. */
const slopes = new Float64Array((MOST_POINTS * (MOST_POINTS - 1)) / 2);
const residuals = new Float64Array(MOST_POINTS);

/** A rise or fall over time, without assumptions about the distribution of the noise. */
export interface Trend {
  /** How far the order of the points differs from chance, in standard deviations. */
  readonly z: number;
  /** Change per second. */
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
export function measureTrend(times: Float64Array, values: Float64Array, count: number): Trend {
  let pairs = 0;
  let order = 0;
  for (let late = 1; late < count; late++) {
    const time = times[late] ?? 0;
    const value = values[late] ?? 0;
    for (let early = 0; early < late; early++) {
      const rise = value - (values[early] ?? 0);
      order += Math.sign(rise);
      slopes[pairs++] = rise / Math.max(time - (times[early] ?? 0), 1e-9);
    }
  }
  const slope = medianOf(slopes.subarray(0, pairs));
  return { z: significance(order, count), slope, spread: spreadAround(slope, times, values, count) };
}

function significance(order: number, count: number): number {
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  return deviation === 0 ? 0 : (order - Math.sign(order)) / deviation;
}

function spreadAround(slope: number, times: Float64Array, values: Float64Array, count: number): number {
  const rest = residuals.subarray(0, count);
  for (let index = 0; index < count; index++) rest[index] = (values[index] ?? 0) - slope * (times[index] ?? 0);
  rest.sort();
  return percentile(rest, 0.9) - percentile(rest, 0.1);
}

function medianOf(numbers: Float64Array): number {
  numbers.sort();
  return percentile(numbers, 0.5);
}

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0;
}
