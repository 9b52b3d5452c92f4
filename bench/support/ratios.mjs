import { summarize } from './statistics.mjs';

/**
 * Ratios between contenders of one run. Times of two machines cannot be compared, but a ratio can: both contenders took turns.
 *
 * @typedef {{ ratio: number, low: number, high: number }} Ratio  a ratio of two medians with its 90 % interval
 */

const RESAMPLES = 1_000;
const LOWER = 0.05;
/** Fewer samples have no usable interval, so their ratio may move by half before it counts. */
const LEAST_SAMPLES = 5;
const LOOSE = 1.5;

/**
 * Returns what each row costs compared with each lower bound of its group.
 * @param {readonly { name: string, groups: readonly import('./tally.mjs').Group[] }[]} benchmarks
 * @returns {Record<string, Ratio>}
 */
export function ratiosOf(benchmarks) {
  const ratios = {};
  for (const { name, groups } of benchmarks) {
    for (const { title, unit, floors, rows } of groups) {
      for (const floor of floors) {
        const below = rows.find((row) => row.name === floor);
        for (const row of rows.filter((each) => !floors.includes(each.name))) {
          if (below.median > 0 && row.median > 0)
            ratios[`${name}: ${title}: ${row.name} / ${floor}`] = costRatio(unit, row.samples, below.samples);
        }
      }
    }
  }
  return ratios;
}

/**
 * Compares two runs. A ratio has moved if its interval and the earlier one do not overlap.
 * @param {Record<string, Ratio>} before
 * @param {Record<string, Ratio>} now
 */
export function compareRatios(before, now) {
  const names = Object.keys(now).filter((name) => Object.hasOwn(before, name));
  const lines = names.flatMap((name) => describeMove(name, before[name], now[name]));
  return {
    compared: names.length,
    worse: lines.filter(({ isWorse }) => isWorse),
    better: lines.filter(({ isWorse }) => !isWorse),
  };
}

function describeMove(name, before, now) {
  const isWorse = now.low > before.high;
  if (!isWorse && now.high >= before.low) return [];
  return [{ isWorse, text: `${name}: ${before.ratio.toFixed(2)} -> ${now.ratio.toFixed(2)}` }];
}

/** More is worse, except for throughput, whose ratio is inverted. */
function costRatio(unit, samples, floorSamples) {
  return unit === 'MB/s' ? ratioOf(floorSamples, samples) : ratioOf(samples, floorSamples);
}

/** The interval is a percentile bootstrap (Efron 1979) of the ratio of the medians. */
function ratioOf(samples, floorSamples) {
  const ratio = medianOf(samples) / medianOf(floorSamples);
  if (Math.min(samples.length, floorSamples.length) < LEAST_SAMPLES)
    return rounded({ ratio, low: ratio / LOOSE, high: ratio * LOOSE });
  const random = createRandom();
  const draws = Array.from(
    { length: RESAMPLES },
    () => medianOf(resample(samples, random)) / medianOf(resample(floorSamples, random)),
  ).sort((a, b) => a - b);
  return rounded({
    ratio,
    low: draws[Math.floor(RESAMPLES * LOWER)],
    high: draws[Math.ceil(RESAMPLES * (1 - LOWER)) - 1],
  });
}

function rounded(ratio) {
  return Object.fromEntries(Object.entries(ratio).map(([name, value]) => [name, Number(value.toPrecision(4))]));
}

function medianOf(values) {
  return summarize(values).median;
}

function resample(values, random) {
  return values.map(() => values[Math.floor(random() * values.length)]);
}

/** Numerical Recipes' linear congruential generator: the same samples always have the same interval. */
function createRandom() {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
