import { FloatRingBuffer } from '../../base/ring-buffer.ts';
import { FloorSeries } from './floor-series.ts';
import { HighestFloors } from './highest-floors.ts';
import { measureTrend } from './trend.ts';

const FLOOR_S = 30;
const FLOORS = 36;

/** What must hold at once, in a row. Each was needed to keep a kind of healthy program out. */
const LEAST = {
  /** Against noise that happens to go up. */
  z: 6.5,
  growthShare: 0.1,
  /** Growth in residual spreads: against what wanders. */
  spreads: 4,
  /** Share of the growth that each third has: against caches that fill up and what has just come to rest. */
  firstThird: 0.23,
  lastThird: 0.29,
  /** The pace, in paces of the 9 minutes before: against what slackens over an hour. */
  asBefore: 0.8,
};
const MOST = {
  /** Against warm-up. */
  firstThird: 0.39,
  /** Against waves, which are steep in their middle. */
  middleThird: 0.42,
  /** Share of one step: against loading something once. */
  step: 0.35,
};
const IN_A_ROW = 5;
/** Floors of the time before that are enough to have a pace. */
const LEAST_BEFORE = 11;
/** Floors whose median is a level. */
const LEVEL_FLOORS = 5;

const times = new Float64Array(FLOORS);
const values = new Float64Array(FLOORS);
const some = new Float64Array(LEVEL_FLOORS);
const rises = new Float64Array(FLOORS);

/** How a floor rose over the window, in MB. */
export interface Rise {
  /** The weakest of what must hold, in units of what is asked: a rise from 1 on. */
  readonly strength: number;
  readonly slope: number;
  readonly z: number;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

/** Nothing that rises. */
export const NO_RISE: Rise = { strength: 0, slope: 0, z: 0, seconds: 0, from: 0, to: 0 };

/**
 * Tells whether the floor of a series rises significantly, steadily and without an end in sight, over 18 minutes.
 */
export class FloorTrend {
  readonly #floors = new FloorSeries(FLOOR_S, FLOORS);
  readonly #older = new HighestFloors();
  /** The floors right before the window. */
  readonly #before = new FloatRingBuffer(FLOORS / 2);
  readonly #leastGrowth: number;
  #inARow = 0;

  constructor(leastGrowth: number) {
    this.#leastGrowth = leastGrowth;
  }

  /** Null while nothing new is known. */
  push(elapsed: number, value: number): Rise | null {
    const leaving = this.#floors.isFull ? this.#floors.valueAt(0) : NaN;
    const leavingAt = this.#floors.timeAt(0);
    if (!this.#floors.push(elapsed, value)) return null;
    if (!Number.isNaN(leaving)) this.#leave(leavingAt, leaving);
    return this.#floors.isFull ? this.#judge() : NO_RISE;
  }

  clear(): void {
    this.#floors.clear();
    this.#before.clear();
    this.#inARow = 0;
    this.#older.clear();
  }

  #leave(time: number, value: number): void {
    this.#older.push(time, value);
    this.#before.push(value);
  }

  #judge(): Rise {
    for (let index = 0; index < FLOORS; index++) {
      times[index] = this.#floors.timeAt(index);
      values[index] = this.#floors.valueAt(index);
    }
    const from = values[0] ?? 0;
    const to = values[FLOORS - 1] ?? 0;
    const least = Math.max(this.#leastGrowth, LEAST.growthShare * Math.abs(from));
    // Most series stop here: the trend of all pairs is the expensive part.
    if (to - from < least / 2 || to <= this.#older.highest) {
      this.#inARow = 0;
      return NO_RISE;
    }
    const seconds = (times[FLOORS - 1] ?? 0) - (times[0] ?? 0);
    const { z, slope, spread } = measureTrend(times, values, FLOORS);
    const growth = slope * seconds;
    const strength = Math.min(
      z / LEAST.z,
      growth / least,
      growth / (LEAST.spreads * Math.max(spread, 1e-9)),
      evenness(),
      this.#against(growth),
      (MOST.step * growth) / Math.max(largestStep(), 1e-9),
    );
    this.#inARow = strength >= 1 ? this.#inARow + 1 : 0;
    const told = this.#inARow >= IN_A_ROW ? strength : Math.min(strength, 0.99);
    return { strength: Math.max(0, told), slope, z, seconds, from, to };
  }

  /** Compares with the pace of the floors that left the window. */
  #against(growth: number): number {
    const { length } = this.#before;
    if (length < LEAST_BEFORE) return Infinity;
    const half = length >> 1;
    for (let index = half; index < length; index++) {
      rises[index - half] = (this.#before.at(index) ?? 0) - (this.#before.at(index - half) ?? 0);
    }
    // The median: the jump of a start is no pace.
    const before = ((rises.subarray(0, length - half).sort()[(length - half) >> 1] ?? 0) * FLOORS) / half;
    return before <= 0 ? Infinity : growth / before / LEAST.asBefore;
  }
}

/** How near the growths of the thirds are to each other. */
function evenness(): number {
  const levels = [0, 1, 2, 3].map((third) => levelAt(Math.round((third * (FLOORS - LEVEL_FLOORS)) / 3)));
  const [start = 0, early = 0, late = 0, end = 0] = levels;
  const growth = end - start;
  if (growth <= 0) return 0;
  const [first, middle, last] = [(early - start) / growth, (late - early) / growth, (end - late) / growth];
  return Math.min(
    first / LEAST.firstThird,
    last / LEAST.lastThird,
    MOST.firstThird / Math.max(first, 1e-9),
    MOST.middleThird / Math.max(middle, 1e-9),
  );
}

/** The median of some floors. */
function levelAt(index: number): number {
  some.set(values.subarray(index, index + LEVEL_FLOORS));
  return some.sort()[(LEVEL_FLOORS - 1) / 2] ?? 0;
}

function largestStep(): number {
  let largest = 0;
  for (let index = 1; index < FLOORS; index++) {
    largest = Math.max(largest, (values[index] ?? 0) - (values[index - 1] ?? 0));
  }
  return largest;
}
