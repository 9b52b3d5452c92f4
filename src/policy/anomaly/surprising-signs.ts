import { ContextNovelty } from './context-novelty.ts';
import { DailyProfile } from './daily-profile.ts';

/** Weights of a new value in moving averages. */
const FAST = 0.2;
const SHORT = 1 / 12;
const LONG = 1 / 90;
const SHORTEST = 1 / 3;
const SLOW = 0.008;
const DAILY = 0.1;
const DAILY_SHORT = 1 / 8;
const RANGE_SAMPLES = 30;

/** Weight of a new change in the usual size of changes. */
const CHANGES = 0.02;
const LEAST_DEVIATION = 1e-9;

/**
 * The statistics of a sample that may be surprising. Each is non-negative, and larger values are more unusual. All of them
 * weigh the same: weights that are tuned on some series are worse for others.
 */
export const SIGNS = [
  'its distance from the previous values',
  'its sudden change',
  'its high value',
  'its low value',
  'a shift of its recent mean',
  'a sudden drop in its variation',
  'its recent range',
  'its sudden change of slope',
  'its high recent mean',
  'its unusually low variation',
  'its difference from other days at this time',
  'a lower level than on other days at this time',
  'its sudden fall',
  'its recent shift',
  'its recent rise',
  'its unusual sequence of values',
  'its unusual sequence of changes',
  'its unusual pairs of values',
  'its unusual longer sequence of values',
] as const;

/** Exponential moving mean and variance of a series. */
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

/** The statistics of the newest sample of any series: they are used right after they were computed. */
const newest = new Float64Array(SIGNS.length);

/** Computes the statistics that SIGNS lists from a stream of values. */
export class SurprisingSigns {
  /** The statistics of the sample that was pushed last, of any series. */
  readonly values = newest;
  readonly #short = new Moments(SHORT);
  readonly #long = new Moments(LONG);
  readonly #contexts = new ContextNovelty();
  readonly #days = new DailyProfile(DAILY);
  readonly #recent = new Float32Array(RANGE_SAMPLES);
  #lowest = 0;
  #highest = 0;
  #seen = 0;
  #fast = 0;
  #shortest = 0;
  #slow = 0;
  #slowDeviation = 0;
  #last = 0;
  #lastButOne = 0;
  #daily = 0;
  /** What sequences are compared with. Unlike `#slow`, it follows slowly from the first value on. */
  #reference = 0;
  #referenceDeviation = 0;
  #squareOfChanges = 0;

  /** The usual value over a long time. */
  get usual(): number {
    return this.#slow;
  }

  get usualDeviation(): number {
    return this.#slowDeviation;
  }

  push(t: number, value: number): void {
    if (this.#seen === 0) this.#start(value);
    this.#seen += 1;
    this.#compareSequences(value);
    this.#compareWithLast(value);
    this.#follow(value);
    this.#compareMeans(value);
    this.#daily += (this.#days.push(t, value) - this.#daily) * DAILY_SHORT;
    this.values[10] = Math.abs(this.#daily);
    this.values[11] = Math.max(0, -this.#daily);
  }

  reset(): void {
    this.#seen = 0;
    this.#contexts.clear();
    this.#days.clear();
  }

  #start(value: number): void {
    this.#short.start(value);
    this.#long.start(value);
    this.#recent.fill(value);
    this.#lowest = Math.fround(value);
    this.#highest = Math.fround(value);
    this.#fast = value;
    this.#shortest = value;
    this.#slow = value;
    this.#slowDeviation = 0;
    this.#last = value;
    this.#lastButOne = value;
    this.#daily = 0;
    this.#reference = value;
    this.#referenceDeviation = 0;
    this.#squareOfChanges = 0;
  }

  #compareSequences(value: number): void {
    const { values } = this;
    const distance = value - this.#reference;
    const deviations = distance / Math.max(this.#referenceDeviation, LEAST_DEVIATION);
    const change = value - this.#last;
    this.#contexts.countSample();
    values[15] = this.#contexts.push('values', deviations);
    values[16] = this.#contexts.push('changes', change / Math.max(Math.sqrt(this.#squareOfChanges), LEAST_DEVIATION));
    values[17] = this.#contexts.push('pairs', deviations);
    values[18] = this.#contexts.push('long', deviations);
    this.#reference += SLOW * distance;
    this.#referenceDeviation +=
      Math.max(1 / this.#seen, SLOW) * (Math.abs(value - this.#reference) - this.#referenceDeviation);
    this.#squareOfChanges += CHANGES * (change * change - this.#squareOfChanges);
  }

  #compareWithLast(value: number): void {
    const { values } = this;
    values[0] = Math.abs(value - this.#fast);
    values[1] = Math.abs(value - this.#last);
    values[2] = Math.max(0, value - this.#slow);
    values[3] = Math.max(0, this.#slow - value);
    values[7] = Math.abs(value - 2 * this.#last + this.#lastButOne);
    values[12] = Math.max(0, this.#last - value);
  }

  #compareMeans(value: number): void {
    const { values } = this;
    const { mean, deviation } = this.#short;
    const { mean: longMean, deviation: longDeviation } = this.#long;
    const least = 1e-3 * this.#slowDeviation + 1e-12;
    values[4] = Math.abs(mean - longMean);
    values[5] = (longDeviation + least) / (deviation + least);
    values[6] = this.#rangeWith(value);
    values[8] = Math.max(0, mean - this.#slow);
    values[9] = (this.#slowDeviation + least) / (longDeviation + least);
    values[13] = Math.abs(this.#shortest - mean) / (longDeviation + least);
    values[14] = Math.max(0, this.#shortest - longMean);
  }

  #follow(value: number): void {
    const slow = Math.max(1 / this.#seen, SLOW);
    this.#fast += FAST * (value - this.#fast);
    this.#shortest += SHORTEST * (value - this.#shortest);
    this.#slow += slow * (value - this.#slow);
    this.#slowDeviation += slow * (Math.abs(value - this.#slow) - this.#slowDeviation);
    this.#short.push(value);
    this.#long.push(value);
    this.#lastButOne = this.#last;
    this.#last = value;
  }

  #rangeWith(value: number): number {
    const slot = this.#seen % RANGE_SAMPLES;
    const entering = Math.fround(value);
    const leaving = this.#recent[slot] ?? entering;
    if (leaving === entering) return this.#highest - this.#lowest;
    this.#recent[slot] = entering;
    const isExtreme = leaving <= this.#lowest || leaving >= this.#highest;
    this.#lowest = Math.min(this.#lowest, entering);
    this.#highest = Math.max(this.#highest, entering);
    if (isExtreme) {
      this.#lowest = Math.min(...this.#recent);
      this.#highest = Math.max(...this.#recent);
    }
    return this.#highest - this.#lowest;
  }
}
