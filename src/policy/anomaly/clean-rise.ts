import type { FloorLevel } from './floor-level.ts';
import { NO_RISE, type Rise, windowOf } from './rise.ts';
import { measureTrend } from './trend.ts';

/** Bounds that must hold together. Each one excludes a kind of healthy program. */
export interface CleanRule {
  readonly kind: 'clean';
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
  /** Fractions of the growth in a third: exclude warm-ups, waves, caches that fill up, and growth that has just stopped. */
  readonly firstThird: readonly [least: number, most: number];
  readonly middleThird: number;
  readonly lastThird: number;
  /** The growth relative to the same time before: excludes growth that slows down. */
  readonly pace: number;
  /** Fraction of the growth in one step: excludes loading data once. */
  readonly step: number;
  /** The effective number of separate rises to new ground: excludes a heap that grows in a few stages. */
  readonly participation: number;
  /** How many of the last judgments must pass: a single one may be chance. */
  readonly passes: number;
  readonly of: number;
}

/** Least number of earlier floors to measure a rate. */
const LEAST_BEFORE = 11;
/** How much more of the growth may be in the first third than in the last, in addition to what the spread explains. */
const SLACKENING = 0.01;
/** Number of floors whose median is a level. */
const LEVEL_FLOORS = 5;
const TINY = 1e-9;
/** Below this strength nothing else is measured. */
const CLOSE = 0.8;

const some = new Float64Array(LEVEL_FLOORS);
const rises: number[] = [];

/** Judges a floor that should rise evenly by itself, without slowing down. */
export function judgeClean(rule: CleanRule, level: FloorLevel, leastGrowth: number): Rise {
  const { floors } = rule;
  const from = level.newest(floors - 1);
  const to = level.newest();
  const least = Math.max(leastGrowth * rule.growth, rule.share * Math.abs(from));
  // Most series stop here, before the expensive trend of all pairs.
  if (to - from < least / 2) return NO_RISE;
  const even = evenness(rule, level);
  if (even.strength < CLOSE || to <= level.highestBefore(floors)) return NO_RISE;
  const values = windowOf(level, floors);
  const { z, slope, spread } = measureTrend(values, floors);
  const growth = slope * (floors - 1);
  const strength = Math.min(
    z / rule.z,
    growth / least,
    growth / (rule.spreads * Math.max(spread, TINY)),
    even.strength,
    (SLACKENING + spread / Math.max(growth, TINY)) / Math.max(even.slackening, TINY),
    growth / Math.max(growthBefore(level, floors), TINY) / rule.pace,
    gainedEvenly(rule, values, growth),
  );
  return { strength: Math.max(0, strength), slope, z, floors, from, to };
}

/** Returns the growth of a window as it was in the floors right before it; 0 if there are too few of them. */
function growthBefore(level: FloorLevel, floors: number): number {
  const count = Math.min(level.length - floors, floors >> 1);
  if (count < LEAST_BEFORE) return 0;
  const half = count >> 1;
  rises.length = 0;
  for (let back = floors; back < floors + count - half; back++)
    rises.push(level.newest(back) - level.newest(back + half));
  // The median ignores the jump of a start.
  rises.sort((a, b) => a - b);
  return ((rises[rises.length >> 1] ?? 0) * floors) / half;
}

interface Evenness {
  /** How similar the growths of the three thirds are; 1 or more is even. */
  readonly strength: number;
  /** The fraction of the growth in the first third, minus that in the last. */
  readonly slackening: number;
}

const UNEVEN: Evenness = { strength: 0, slackening: 1 };

function evenness({ floors, firstThird, middleThird, lastThird }: CleanRule, level: FloorLevel): Evenness {
  const third = (floors - LEVEL_FLOORS) / 3;
  const start = levelAt(level, floors - LEVEL_FLOORS);
  const early = levelAt(level, floors - LEVEL_FLOORS - Math.round(third));
  const late = levelAt(level, floors - LEVEL_FLOORS - Math.round(2 * third));
  const end = levelAt(level, 0);
  const growth = end - start;
  if (growth <= 0) return UNEVEN;
  const first = (early - start) / growth;
  const last = (end - late) / growth;
  const strength = Math.min(
    first / firstThird[0],
    firstThird[1] / Math.max(first, TINY),
    middleThird / Math.max((late - early) / growth, TINY),
    last / lastThird,
  );
  return { strength, slackening: first - last };
}

/** Returns the median of a few floors, of which the newest is `back` floors old. */
function levelAt(level: FloorLevel, back: number): number {
  for (let index = 0; index < LEVEL_FLOORS; index++) some[index] = level.newest(back + index);
  return some.sort()[(LEVEL_FLOORS - 1) / 2] ?? 0;
}

/**
 * Returns how evenly new ground was gained: the weaker of the effective number of rises, (Σd)²/Σd², and of the largest step, each
 * relative to its bound. The way back from a single low value is neither.
 */
function gainedEvenly({ floors, participation, step }: CleanRule, values: Float64Array, growth: number): number {
  let [sum, squares, largest] = [0, 0, 0];
  let highest = values[0] ?? 0;
  for (let index = 1; index < floors; index++) {
    const rise = Math.max(0, (values[index] ?? 0) - highest);
    sum += rise;
    squares += rise * rise;
    largest = Math.max(largest, rise);
    highest += rise;
  }
  return Math.min((sum * sum) / Math.max(squares, TINY) / participation, (step * growth) / Math.max(largest, TINY));
}
