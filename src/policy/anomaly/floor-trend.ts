import { FloatRingBuffer } from '../../base/ring-buffer.ts';
import { FloorSeries } from './floor-series.ts';
import { HighestFloors } from './highest-floors.ts';
import { measureTrend } from './trend.ts';

const FLOOR_S = 30;
const FLOORS = 36;

/** Lower bounds that must hold together, repeatedly. Each one excludes a kind of healthy program. */
const LEAST = {
  /** Excludes noise that happens to rise. */
  z: 6.5,
  growthShare: 0.1,
  /** Growth in multiples of the residual spread: excludes random walks. */
  spreads: 4,
  /** Fraction of the growth in a third: excludes caches that fill up, and growth that has just stopped. */
  firstThird: 0.23,
  lastThird: 0.29,
  /** The rate relative to the 9 minutes before: excludes growth that slows down over an hour. */
  asBefore: 0.8,
};
const MOST = {
  /** Excludes warm-up. */
  firstThird: 0.39,
  /** Excludes waves, which are steepest in the middle. */
  middleThird: 0.42,
  /** Fraction of the growth in one step: excludes loading data once. */
  step: 0.35,
};
const IN_A_ROW = 5;
/** Least number of earlier floors to measure a rate. */
const LEAST_BEFORE = 11;
/** Number of floors whose median is a level. */
const LEVEL_FLOORS = 5;

const times = new Float64Array(FLOORS);
const values = new Float64Array(FLOORS);
const some = new Float64Array(LEVEL_FLOORS);
const rises = new Float64Array(FLOORS);

/** How a floor rose over the window, in MB. */
export interface Rise {
  /** The weakest criterion relative to its bound: a rise from 1. */
  readonly strength: number;
  readonly slope: number;
  readonly z: number;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

/** No rise. */
export const NO_RISE: Rise = { strength: 0, slope: 0, z: 0, seconds: 0, from: 0, to: 0 };

/** Detects a floor that rises significantly and steadily over 18 minutes, without slowing down. */
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

  /** Takes a sample. Returns null if it did not complete a floor. */
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
    // Most series stop here, before the expensive trend of all pairs.
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
      this.#ratioToBefore(growth),
      (MOST.step * growth) / Math.max(largestStep(), 1e-9),
    );
    this.#inARow = strength >= 1 ? this.#inARow + 1 : 0;
    const reported = this.#inARow >= IN_A_ROW ? strength : Math.min(strength, 0.99);
    return { strength: Math.max(0, reported), slope, z, seconds, from, to };
  }

  /** Returns the growth relative to the floors that left the window. */
  #ratioToBefore(growth: number): number {
    const { length } = this.#before;
    if (length < LEAST_BEFORE) return Infinity;
    const half = length >> 1;
    for (let index = half; index < length; index++) {
      rises[index - half] = (this.#before.at(index) ?? 0) - (this.#before.at(index - half) ?? 0);
    }
    // The median ignores the jump of a start.
    const before = ((rises.subarray(0, length - half).sort()[(length - half) >> 1] ?? 0) * FLOORS) / half;
    return before <= 0 ? Infinity : growth / before / LEAST.asBefore;
  }
}

/** Returns how similar the growths of the three thirds are; 1 or more is even. */
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

/** Returns the median of the floors from an index. */
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
