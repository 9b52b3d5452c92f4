import { ALARM, type Detector, type Finding, isUsable, NOTHING, type Sample } from './detector.ts';
import { FastRiseWatch } from './fast-rise.ts';
import { FloorLadder } from './floor-ladder.ts';
import { FIRST_SLOW_LEVEL } from './leak-rules.ts';
import { type LeakMeasure, fastEvidence, trendEvidence } from './leak-evidence.ts';
import { ABOVE_PLATEAU, afterRest, type RunMemory } from './run-memory.ts';
import { SampleClock } from './sample-clock.ts';
import type { SavedNumbers } from './saved-numbers.ts';

/** Settings of the leak detector; docs/detectors.md explains the defaults. */
export interface LeakOptions {
  /** Memory limit of the program; null for none. A steady rise that is about to reach it is a leak immediately. */
  readonly limitMb?: number | null;
  /** A steady rise at this rate is a leak after 40 seconds, with or without a limit; null waits for the trend. */
  readonly fastMbPerSecond?: number | null;
  /** Below this size the rate alone does not make a leak. */
  readonly fastAboveMb?: number;
  /** Growth below this is never a leak by its trend. */
  readonly minGrowthMb?: number;
  /** The rate of an earlier leak of the program: a rise at this rate is reported after 6 to 10 minutes. */
  readonly knownMbPerMinute?: number;
  /** Memory at which earlier runs rested: growth up to a tenth above it is not a leak. */
  readonly plateauMb?: number;
}

export interface LeakSample extends Sample {
  /** Free memory of the host. A rise that is about to use it up is a leak immediately. */
  readonly hostFreeMb?: number;
  /** Memory that counts towards the limit although the series does not include it, such as mapped files, in MB. */
  readonly otherMb?: number;
  /** What was measured, for the evidence; memory of any kind if absent. */
  readonly measure?: LeakMeasure;
}

const SECONDS_A_MINUTE = 60;
/** Version of the saved state: one with other levels or rules is not restored. */
const STATE_VERSION = 1;

/**
 * Creates a detector of memory leaks: a significant, sustained rise of the floor that is not a warm-up, a cache, a step or
 * a sawtooth. Values are MB. It takes 20 minutes to an hour, or hours if the leak is slow; a fast leak is reported sooner.
 */
export function createLeakDetector(options: LeakOptions = {}): Detector<LeakSample> {
  return new LeakDetector(options);
}

class LeakDetector implements Detector<LeakSample> {
  readonly #clock = new SampleClock();
  readonly #ladder: FloorLadder;
  readonly #fast: FastRiseWatch;
  readonly #limitMb: number;
  readonly #knownMbPerSecond: number;
  readonly #quietUpToMb: number;
  #finding: Finding = NOTHING;

  constructor(options: LeakOptions) {
    const {
      limitMb,
      fastMbPerSecond,
      fastAboveMb = 0,
      minGrowthMb = 20,
      knownMbPerMinute = 0,
      plateauMb = 0,
    } = options;
    this.#limitMb = limitMb ?? Infinity;
    this.#quietUpToMb = ABOVE_PLATEAU * plateauMb;
    this.#knownMbPerSecond = knownMbPerMinute / SECONDS_A_MINUTE;
    this.#ladder = new FloorLadder(minGrowthMb);
    this.#fast = new FastRiseWatch(fastMbPerSecond ?? Infinity, Math.max(fastAboveMb, this.#quietUpToMb));
  }

  push(sample: LeakSample): Finding {
    if (!isUsable(sample)) return this.#finding;
    const { t, value, hostFreeMb: free = Infinity, otherMb = 0 } = sample;
    const step = this.#clock.advance(t);
    const { elapsed } = this.#clock;
    const isFloorNew = this.#ladder.push(elapsed, value);
    const isFastChanged = this.#fast.push(elapsed, step, value, { free, limit: this.#limitMb - otherMb });
    if (!isFloorNew && !isFastChanged) return this.#finding;
    this.#finding = this.#find(sample);
    return this.#finding;
  }

  reset(): void {
    this.#clock.reset();
    this.#ladder.clear();
    this.#fast.clear();
    this.#finding = NOTHING;
  }

  learn(memory: RunMemory): RunMemory {
    const restingMb = this.#finding.anomaly ? null : this.#ladder.restingAt();
    return restingMb === null ? memory : afterRest(memory, restingMb);
  }

  save(): readonly number[] {
    const numbers = [STATE_VERSION];
    this.#clock.save(numbers);
    this.#ladder.save(numbers);
    return numbers;
  }

  restore(saved: SavedNumbers, gapSeconds: number): void {
    this.reset();
    try {
      if (saved.next() !== STATE_VERSION) throw new RangeError('the state of another version');
      this.#clock.restore(saved);
      this.#ladder.restore(saved, gapSeconds);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  #find({ value, hostFreeMb = Infinity, otherMb = 0, measure }: LeakSample): Finding {
    const { rise: fast } = this.#fast;
    if (fast !== null) return { score: 1, anomaly: true, evidence: fastEvidence(fast, this.#limitMb, measure) };
    const trend = this.#ladder.rise;
    const isNew = trend.strength < 1;
    const known = isNew ? this.#ladder.knownRise(this.#knownMbPerSecond) : trend;
    const rise = known.strength > trend.strength ? known : trend;
    const score = Math.min(1, rise.strength * ALARM);
    if (score === 0 || rise.to < this.#quietUpToMb) return NOTHING;
    if (score < ALARM) return { score, anomaly: false, evidence: null };
    const isSlow = rise.level >= FIRST_SLOW_LEVEL;
    const isKnown = rise !== trend;
    const seconds = this.#ladder.secondsOf(rise);
    const toLimitMb = this.#limitMb - otherMb - value;
    const room = { isHostFirst: hostFreeMb < toLimitMb, mb: Math.max(0, Math.min(hostFreeMb, toLimitMb)) };
    const evidence = trendEvidence({ rise, seconds, isSlow, isKnown, measure, room, limitMb: this.#limitMb });
    return isSlow ? { score, anomaly: true, evidence, isSlow } : { score, anomaly: true, evidence };
  }
}
