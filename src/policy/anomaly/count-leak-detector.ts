import { ALARM, type Detector, type Evidence, type Finding, isUsable, NOTHING } from './detector.ts';
import { FloorLadder, type LadderRise } from './floor-ladder.ts';
import type { LeakSample } from './leak-detector.ts';
import { SampleClock } from './sample-clock.ts';
import type { SavedNumbers } from './saved-numbers.ts';

/** What is counted, in the plural. */
export type Counted = 'open descriptors' | 'threads';

/** Settings of a detector of leaks of something that is counted. */
export interface CountLeakOptions {
  readonly counted: Counted;
  /** Growth below this is never a leak. */
  readonly minGrowth?: number;
}

/** The number of what is counted. */
export interface CountSample extends LeakSample {
  /** Returns the number at which the program gets no more; Infinity if there is none. It is only asked for a forecast. */
  readonly limitOf?: () => number;
}

const SECONDS_AN_HOUR = 3600;
/** Longer predictions are not reported, in hours. */
const FORESIGHT_H = 24 * 14;
/** Version of the saved state. */
const STATE_VERSION = 1;

/**
 * Creates a detector of descriptors or threads that are never released. It judges the count by the trends by which memory is
 * judged: the lowest numbers of half a minute, a minute, … half an hour keep rising, evenly or between teeth.
 */
export function createCountLeakDetector(options: CountLeakOptions): Detector<CountSample> {
  return new CountLeakDetector(options);
}

class CountLeakDetector implements Detector<CountSample> {
  readonly #counted: Counted;
  readonly #minGrowth: number;
  readonly #clock = new SampleClock();
  /** The lowest count so far. Most counts never move away from it, so the ladder is built when one does. */
  #lowest = Infinity;
  #ladder: FloorLadder | null = null;
  #finding: Finding = NOTHING;

  constructor({ counted, minGrowth = 20 }: CountLeakOptions) {
    this.#counted = counted;
    this.#minGrowth = minGrowth;
  }

  push(sample: CountSample): Finding {
    if (!isUsable(sample)) return this.#finding;
    const { t, value } = sample;
    this.#clock.advance(t);
    this.#lowest = Math.min(this.#lowest, value);
    if (this.#ladder === null && value - this.#lowest < this.#minGrowth / 2) return NOTHING;
    this.#ladder ??= new FloorLadder(this.#minGrowth);
    if (this.#ladder.push(this.#clock.elapsed, value)) this.#finding = this.#find(sample, this.#ladder);
    return this.#finding;
  }

  reset(): void {
    this.#clock.reset();
    this.#lowest = Infinity;
    this.#ladder = null;
    this.#finding = NOTHING;
  }

  save(): readonly number[] {
    const numbers = [STATE_VERSION, this.#lowest];
    this.#clock.save(numbers);
    this.#ladder?.save(numbers);
    return numbers;
  }

  restore(saved: SavedNumbers, gapSeconds: number): void {
    this.reset();
    try {
      if (saved.next() !== STATE_VERSION) throw new RangeError('the state of another version');
      const lowest = saved.nextOrNone();
      this.#lowest = Number.isNaN(lowest) ? Infinity : lowest;
      this.#clock.restore(saved);
      if (saved.isAtEnd) return;
      this.#ladder = new FloorLadder(this.#minGrowth);
      this.#ladder.restore(saved, gapSeconds);
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  #find({ value, limitOf }: CountSample, ladder: FloorLadder): Finding {
    const { rise } = ladder;
    const score = Math.min(1, rise.strength * ALARM);
    if (score < ALARM) return { score, anomaly: false, evidence: null };
    const limit = limitOf?.() ?? Infinity;
    return { score, anomaly: true, evidence: this.#evidenceOf(rise, ladder.secondsOf(rise), { value, limit }) };
  }

  #evidenceOf(rise: LadderRise, seconds: number, { value, limit }: { value: number; limit: number }): Evidence {
    const perHour = (rise.slope * rise.floors * SECONDS_AN_HOUR) / seconds;
    const minutes = Math.round(seconds / 60);
    const span = minutes >= 120 ? `${Math.round(minutes / 60)} h` : `${minutes} min`;
    const hoursLeft = Math.max(0, limit - value) / Math.max(perHour, 1e-9);
    const hasForecast = hoursLeft <= FORESIGHT_H;
    const left = hoursLeft >= 2 ? `${Math.round(hoursLeft)} h` : `${Math.round(hoursLeft * 60)} min`;
    const forecast = hasForecast ? `; at that rate the limit of ${limit} will be reached in ${left}` : '';
    const [from, to] = [Math.round(rise.from), Math.round(rise.to)];
    return {
      sentence: `${this.#counted} rose by ${perHour.toFixed(perHour < 10 ? 1 : 0)} per hour for ${span}, from ${from} to ${to} (lowest numbers; Mann-Kendall z ${rise.z.toFixed(1)})${forecast}`,
      figures: {
        perHour: round(perHour),
        minutes,
        from,
        to,
        z: round(rise.z),
        ...(hasForecast ? { limit, hoursLeft: round(hoursLeft) } : {}),
      },
    };
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
