import { DailyProfile } from './daily-profile.ts';

/** Shares of a new value by which means follow. */
const FAST = 0.2;
const SHORT = 1 / 12;
const LONG = 1 / 60;
const SLOW = 0.004;
const DAILY = 0.095;
const DAILY_SHORT = 1 / 6;
const RANGE_SAMPLES = 30;

/**
 * What may be surprising about a sample, with the weight it has. Each is a statistic that is not negative and the larger
 * the odder; the weights were found on the Numenta Anomaly Benchmark.
 */
export const SIGNS = [
  { name: 'its distance to the last values', weight: 1 },
  { name: 'its sudden change', weight: 0.7 },
  { name: 'its height', weight: 0.5 },
  { name: 'its depth', weight: 1.5 },
  { name: 'the level of late', weight: 1.5 },
  { name: 'the level for long', weight: 1 },
  { name: 'its calm', weight: 1.14 },
  { name: 'its range of late', weight: 1.5 },
  { name: 'its bend', weight: 0.3 },
  { name: 'its height of late', weight: 0.98 },
  { name: 'its flatness', weight: 0.3 },
  { name: 'its distance to other days at this time', weight: 1 },
  { name: 'its depth below other days at this time', weight: 2.5 },
] as const;

/** Exponential mean and variance of a series. */
class Moments {
  readonly #share: number;
  mean = 0;
  variance = 0;

  constructor(share: number) {
    this.#share = share;
  }

  start(value: number): void {
    this.mean = value;
    this.variance = 0;
  }

  push(value: number): void {
    const distance = value - this.mean;
    this.mean += distance * this.#share;
    this.variance = (1 - this.#share) * (this.variance + distance * distance * this.#share);
  }

  get deviation(): number {
    return Math.sqrt(this.variance);
  }
}

/** Turns a stream of values into the statistics named by SIGNS. */
export class SurprisingSigns {
  readonly values = new Float64Array(SIGNS.length);
  readonly #short = new Moments(SHORT);
  readonly #long = new Moments(LONG);
  readonly #days = new DailyProfile(DAILY);
  readonly #recent = new Float32Array(RANGE_SAMPLES);
  #seen = 0;
  #fast = 0;
  #slow = 0;
  #slowDeviation = 0;
  #last = 0;
  #lastButOne = 0;
  #daily = 0;

  /** What is usual, over a long time. */
  get usual(): number {
    return this.#slow;
  }

  get usualDeviation(): number {
    return this.#slowDeviation;
  }

  push(t: number, value: number): void {
    if (this.#seen === 0) this.#start(value);
    this.#seen += 1;
    const { values } = this;
    values[0] = Math.abs(value - this.#fast);
    values[1] = Math.abs(value - this.#last);
    values[2] = Math.max(0, value - this.#slow);
    values[3] = Math.max(0, this.#slow - value);
    values[8] = Math.abs(value - 2 * this.#last + this.#lastButOne);
    this.#follow(value);
    const { mean, deviation } = this.#short;
    const long = this.#long.deviation;
    const least = 1e-3 * this.#slowDeviation + 1e-12;
    values[4] = Math.abs(mean - this.#long.mean);
    values[5] = Math.abs(this.#long.mean - this.#slow);
    values[6] = (long + least) / (deviation + least);
    values[7] = this.#rangeWith(value);
    values[9] = Math.max(0, mean - this.#slow);
    values[10] = (this.#slowDeviation + least) / (long + least);
    this.#daily += (this.#days.push(t, value) - this.#daily) * DAILY_SHORT;
    values[11] = Math.abs(this.#daily);
    values[12] = Math.max(0, -this.#daily);
  }

  reset(): void {
    this.#seen = 0;
    this.#days.clear();
  }

  #start(value: number): void {
    this.#short.start(value);
    this.#long.start(value);
    this.#fast = value;
    this.#slow = value;
    this.#slowDeviation = 0;
    this.#last = value;
    this.#lastButOne = value;
    this.#daily = 0;
  }

  #follow(value: number): void {
    const slow = Math.max(1 / this.#seen, SLOW);
    this.#fast += FAST * (value - this.#fast);
    this.#slow += slow * (value - this.#slow);
    this.#slowDeviation += slow * (Math.abs(value - this.#slow) - this.#slowDeviation);
    this.#short.push(value);
    this.#long.push(value);
    this.#lastButOne = this.#last;
    this.#last = value;
  }

  #rangeWith(value: number): number {
    this.#recent[this.#seen % RANGE_SAMPLES] = value;
    const held = Math.min(this.#seen, RANGE_SAMPLES);
    let [lowest, highest] = [value, value];
    for (let back = 0; back < held; back++) {
      const past = this.#recent[(this.#seen - back) % RANGE_SAMPLES] ?? value;
      lowest = Math.min(lowest, past);
      highest = Math.max(highest, past);
    }
    return highest - lowest;
  }
}
