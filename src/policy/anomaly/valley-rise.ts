import type { FloorLevel } from './floor-level.ts';
import { NO_RISE, type Rise, windowOf } from './rise.ts';
import { measureTrend, MOST_POINTS } from './trend.ts';

/** Bounds that must hold together, for a floor that itself moves up and down. */
export interface ValleyRule {
  readonly kind: 'valley';
  /** The level of the ladder, and the number of its floors that are judged. */
  readonly level: number;
  readonly floors: number;
  /** Excludes noise that happens to rise. */
  readonly z: number;
  /** The least growth, in multiples of the configured one, and as a fraction of what was held at first. */
  readonly growth: number;
  readonly share: number;
  /** Growth in multiples of the residual spread: excludes random walks. */
  readonly spreads: number;
  /** The second rise of the valleys of thirds relative to the first: excludes what slows down, and what has just begun. */
  readonly balance: readonly [least: number, most: number];
  /** The rise of the last quarter relative to an even one, and to the second rise: excludes growth that has just stopped. */
  readonly late: number;
  /** The effective number of separate rises of what was never given back: excludes a few steps. */
  readonly participation: number;
  /** Whether the valleys of quarters have to rise as well. */
  readonly quarters: boolean;
  /** How much was given back meanwhile, relative to the growth: a smooth fill of a cache gives nothing back. */
  readonly givenBack: number;
  /** The most that may have been given back: a part of the window holds too few large collections to judge their valleys. */
  readonly mostGivenBack: number;
  /** Fraction of the growth in one step that was never given back. */
  readonly step: number;
  /** How many of the last judgments must pass. */
  readonly passes: number;
  readonly of: number;
}

/** A step may take this many floors. */
const STEP_FLOORS = 2;
/** The least balance of a series that never falls, and the falls, relative to the growth, of one that varies much. */
const STEADY = 0.95;
const MUCH_FALLEN = 0.8;
/** A quarter of a window, in thirds. */
const QUARTER_OF_THIRDS = 3 / 4;
const TINY = 1e-9;
/** Any bound of a fraction up to this strength is close enough to measure the trend. */
const CLOSE = 0.8;

const held = new Float64Array(MOST_POINTS);

/** Judges the valleys of a window: the lowest value of each third must be above that of the third before. */
export function judgeValleys(rule: ValleyRule, level: FloorLevel, leastGrowth: number): Rise {
  const { floors } = rule;
  const values = windowOf(level, floors);
  const [start, middle, end] = [
    valley(values, floors, 0, 3),
    valley(values, floors, 1, 3),
    valley(values, floors, 2, 3),
  ];
  const first = middle - start;
  const second = end - middle;
  const least = Math.max(leastGrowth * rule.growth, rule.share * Math.abs(start));
  // Most series stop here, before the expensive trend of all pairs.
  if (first <= 0 || second <= 0 || (end - start) * 1.5 < CLOSE * least) return NO_RISE;
  const falls = fallsOf(values, floors);
  const balance = second / first;
  const cheap = Math.min(balance / leastBalance(rule, falls / (end - start)), rule.balance[1] / balance);
  if (cheap < CLOSE || (rule.quarters && !quartersRise(values, floors)) || end <= level.highestBefore(floors))
    return NO_RISE;
  const { z, slope, spread } = measureTrend(values, floors);
  // The valleys of the first and the last third are two thirds of the window apart.
  const growth = Math.min(slope * (floors - 1), (end - start) * 1.5);
  const strength = Math.min(
    z / rule.z,
    growth / least,
    growth / (rule.spreads * Math.max(spread, TINY)),
    cheap,
    lateRise(values, floors) / (Math.max(growth / 4, second * QUARTER_OF_THIRDS) * rule.late),
    rule.givenBack === 0 ? Infinity : falls / growth / rule.givenBack,
    (rule.mostGivenBack * growth) / Math.max(falls, TINY),
    heldEvenly(rule, values, growth),
  );
  return { strength: Math.max(0, strength), slope, z, floors, from: start, to: end };
}

/**
 * Returns the least balance that is accepted. Valleys between teeth are found only now and then, so their balance varies; that
 * of a series that hardly ever falls does not, and shows whether it slows down.
 */
function leastBalance({ balance: [least] }: ValleyRule, fallen: number): number {
  const steady = Math.max(least, STEADY);
  return steady + (least - steady) * Math.min(1, fallen / MUCH_FALLEN);
}

/** Returns the lowest value of one of several equal parts, the last of which ends with the window. */
function valley(values: Float64Array, count: number, part: number, parts: number): number {
  const size = Math.floor(count / parts);
  const from = count - (parts - part) * size;
  let lowest = Infinity;
  for (let index = from; index < from + size; index++) lowest = Math.min(lowest, values[index] ?? Infinity);
  return lowest;
}

function quartersRise(values: Float64Array, count: number): boolean {
  for (let part = 1; part < 4; part++)
    if (valley(values, count, part, 4) <= valley(values, count, part - 1, 4)) return false;
  return true;
}

/** Returns the growth in the last quarter: the valley of its last eighth compared with that two eighths before. */
function lateRise(values: Float64Array, count: number): number {
  return valley(values, count, 7, 8) - valley(values, count, 5, 8);
}

function fallsOf(values: Float64Array, count: number): number {
  let falls = 0;
  for (let index = 1; index < count; index++) falls += Math.max(0, (values[index - 1] ?? 0) - (values[index] ?? 0));
  return falls;
}

/**
 * Returns how evenly the memory grew that was never given back: the weaker of the effective number of rises, (Σd)²/Σd², and
 * of the largest step, each relative to its bound. The teeth of a garbage collector are not steps.
 */
function heldEvenly({ floors, participation, step }: ValleyRule, values: Float64Array, growth: number): number {
  held[floors - 1] = values[floors - 1] ?? 0;
  for (let index = floors - 2; index >= 0; index--) held[index] = Math.min(values[index] ?? 0, held[index + 1] ?? 0);
  let [sum, squares, largest] = [0, 0, 0];
  for (let index = 1; index < floors; index++) {
    const rise = (held[index] ?? 0) - (held[index - 1] ?? 0);
    sum += rise;
    squares += rise * rise;
    const begin = held[Math.max(0, index - STEP_FLOORS)] ?? 0;
    largest = Math.max(largest, (held[index] ?? 0) - begin);
  }
  return Math.min((sum * sum) / Math.max(squares, TINY) / participation, (step * growth) / Math.max(largest, TINY));
}
