import { ALARM, type Detector, type Evidence, type Finding, isUsable, NOTHING, type Sample } from './detector.ts';
import { type FastRise, FastRiseWatch } from './fast-rise.ts';
import { FloorLadder, type LadderRise } from './floor-ladder.ts';
import { SampleClock } from './sample-clock.ts';

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
}

export interface LeakSample extends Sample {
  /** Free memory of the host. A rise that is about to use it up is a leak immediately. */
  readonly hostFreeMb?: number;
}

const SECONDS_A_MINUTE = 60;
/** Longer predictions are not reported. */
const FORESIGHT_S = 900;

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
  #finding: Finding = NOTHING;

  constructor({ limitMb, fastMbPerSecond, fastAboveMb = 0, minGrowthMb = 20 }: LeakOptions) {
    this.#ladder = new FloorLadder(minGrowthMb);
    this.#fast = new FastRiseWatch(fastMbPerSecond ?? Infinity, limitMb ?? Infinity, fastAboveMb);
  }

  push(sample: LeakSample): Finding {
    if (!isUsable(sample)) return this.#finding;
    const { t, value, hostFreeMb = Infinity } = sample;
    const step = this.#clock.advance(t);
    const { elapsed } = this.#clock;
    const isFloorNew = this.#ladder.push(elapsed, value);
    const isFastChanged = this.#fast.push(elapsed, step, value, hostFreeMb);
    if (!isFloorNew && !isFastChanged) return this.#finding;
    this.#finding = this.#find();
    return this.#finding;
  }

  reset(): void {
    this.#clock.reset();
    this.#ladder.clear();
    this.#fast.clear();
    this.#finding = NOTHING;
  }

  #find(): Finding {
    const { rise: fast } = this.#fast;
    if (fast !== null) return { score: 1, anomaly: true, evidence: fastEvidence(fast) };
    const { rise } = this.#ladder;
    const score = Math.min(1, rise.strength * ALARM);
    if (score === 0) return NOTHING;
    const anomaly = score >= ALARM;
    return { score, anomaly, evidence: anomaly ? trendEvidence(rise, this.#ladder.secondsOf(rise)) : null };
  }
}

function trendEvidence({ slope, z, floors, from, to }: LadderRise, seconds: number): Evidence {
  const mbPerMinute = ((slope * floors) / seconds) * SECONDS_A_MINUTE;
  const minutes = Math.round(seconds / SECONDS_A_MINUTE);
  return {
    sentence: `memory rose ${mbPerMinute.toFixed(1)} MB/min for ${minutes} min, from ${from.toFixed(0)} to ${to.toFixed(0)} MB (lowest values; Mann-Kendall z ${z.toFixed(1)})`,
    figures: { mbPerMinute: round(mbPerMinute), minutes, fromMb: round(from), toMb: round(to), z: round(z) },
  };
}

function fastEvidence({ rate, seconds, from, to, secondsLeft, isHostFirst }: FastRise): Evidence {
  const figures = { mbPerSecond: round(rate), seconds: Math.round(seconds), fromMb: round(from), toMb: round(to) };
  const story = `memory rose steadily by ${rate.toFixed(1)} MB/s for ${figures.seconds} s, from ${from.toFixed(0)} to ${to.toFixed(0)} MB`;
  if (secondsLeft > FORESIGHT_S) return { sentence: story, figures };
  if (secondsLeft === 0 && !isHostFirst) return { sentence: `${story}; the limit is already exceeded`, figures };
  const endMb = to + secondsLeft * rate;
  const end = isHostFirst
    ? 'the memory of the host will be used up'
    : `the limit of ${endMb.toFixed(0)} MB will be reached`;
  return {
    sentence: `${story}; at that rate ${end} in ${Math.round(secondsLeft)} s`,
    figures: { ...figures, endMb: round(endMb), secondsLeft: Math.round(secondsLeft) },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
