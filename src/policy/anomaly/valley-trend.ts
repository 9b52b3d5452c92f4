import { FloorSeries } from './floor-series.ts';
import { NO_RISE, type Rise } from './floor-trend.ts';
import { HighestFloors } from './highest-floors.ts';
import { measureTrend } from './trend.ts';

const FLOOR_S = 70;
const FLOORS = 40;
const SMOOTHED = FLOORS - 2;
const PARTS = 3;
const LEAST = { z: 4.5, growthShare: 0.15, secondHalf: 0.8, spreads: 1.6, late: 0.5 };
/** Largest fraction of the growth within 5 minutes. */
const LARGEST_STEP = 0.3;
const STEP_FLOORS = 4;
/** Consecutive judgments that are needed: a single one may be chance. */
const IN_A_ROW = 3;

const times = new Float64Array(SMOOTHED);
const values = new Float64Array(SMOOTHED);
const held = new Float64Array(SMOOTHED);

/**
 * Detects a slower rise of memory whose floor itself moves, as with occasional compaction or with traffic. Over 47 minutes
 * the valleys must rise: the lowest value of each third must be above that of the previous third.
 */
export class ValleyTrend {
  readonly #floors = new FloorSeries(FLOOR_S, FLOORS);
  readonly #older = new HighestFloors();
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
    if (!Number.isNaN(leaving)) this.#older.push(leavingAt, leaving);
    if (!this.#floors.isFull) return NO_RISE;
    const rise = this.#judge();
    this.#inARow = rise.strength >= 1 ? this.#inARow + 1 : 0;
    return this.#inARow >= IN_A_ROW ? rise : { ...rise, strength: Math.min(rise.strength, 0.99) };
  }

  clear(): void {
    this.#floors.clear();
    this.#inARow = 0;
    this.#older.clear();
  }

  #judge(): Rise {
    this.#smooth();
    const valleys = [valleyOf(0), valleyOf(1), valleyOf(2)] as const;
    const least = Math.max(this.#leastGrowth, LEAST.growthShare * Math.abs(valleys[0]));
    const first = valleys[1] - valleys[0];
    const second = valleys[2] - valleys[1];
    if (first <= 0 || second <= 0 || valleys[2] - valleys[0] < least / 2 || valleys[2] <= this.#older.highest)
      return NO_RISE;
    const seconds = (times[SMOOTHED - 1] ?? 0) - (times[0] ?? 0);
    const { z, slope, spread } = measureTrend(times, values, SMOOTHED);
    // The valleys of the first and the last third are two thirds of the window apart.
    const growth = Math.min(slope * seconds, (valleys[2] - valleys[0]) * 1.5);
    const strength = Math.min(
      z / LEAST.z,
      growth / least,
      growth / (LEAST.spreads * Math.max(spread, 1e-9)),
      second / first / LEAST.secondHalf,
      first / second / (LEAST.secondHalf / 2),
      lateGrowth() / ((growth / 4) * LEAST.late),
      (LARGEST_STEP * growth) / Math.max(largestStep(), 1e-9),
    );
    return { strength: Math.max(0, strength), slope, z, seconds, from: valleys[0], to: valleys[2] };
  }

  #smooth(): void {
    for (let index = 0; index < SMOOTHED; index++) {
      times[index] = this.#floors.timeAt(index + 1);
      values[index] = Math.min(
        this.#floors.valueAt(index),
        this.#floors.valueAt(index + 1),
        this.#floors.valueAt(index + 2),
      );
    }
  }
}

function valleyOf(part: number): number {
  const from = Math.round((part * SMOOTHED) / PARTS);
  const to = Math.round(((part + 1) * SMOOTHED) / PARTS);
  let lowest = Infinity;
  for (let index = from; index < to; index++) lowest = Math.min(lowest, values[index] ?? Infinity);
  return lowest;
}

/** Returns the largest step that was never released: the teeth of a garbage collector are not steps. */
function largestStep(): number {
  let largest = 0;
  held.set(values);
  for (let index = SMOOTHED - 2; index >= 0; index--) {
    held[index] = Math.min(held[index] ?? 0, held[index + 1] ?? 0);
    largest = Math.max(largest, (held[Math.min(index + STEP_FLOORS, SMOOTHED - 1)] ?? 0) - (held[index] ?? 0));
  }
  return largest;
}

/** Returns the growth in the last quarter: the difference between the valleys of its two eighths. */
function lateGrowth(): number {
  const eighth = Math.floor(SMOOTHED / 8);
  let [before, last] = [Infinity, Infinity];
  for (let index = 0; index < eighth; index++) {
    last = Math.min(last, values[SMOOTHED - 1 - index] ?? Infinity);
    before = Math.min(before, values[SMOOTHED - 1 - 2 * eighth - index] ?? Infinity);
  }
  return last - before;
}
