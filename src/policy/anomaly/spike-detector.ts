import { ALARM, type Detector, type Evidence, type Finding, isUsable, NOTHING, type Sample } from './detector.ts';
import type { RunMemory } from './run-memory.ts';
import { SampleClock } from './sample-clock.ts';
import type { SavedNumbers } from './saved-numbers.ts';
import { SortedWindow } from './sorted-window.ts';

export interface SpikeOptions {
  /** Lower values are never a spike; percent of one core. */
  readonly minPercent?: number;
  /** How long the detector only learns what is usual. */
  readonly warmUpSeconds?: number;
  /** The longest period of high CPU that earlier runs have ended by themselves, in seconds. */
  readonly longestRunS?: number;
}

const WINDOW = 10;
/** The level is the lower fifth of the window: a burst does not move it. */
const LEVEL = 0.2;
const ABOVE_BASE = { factor: 2.4, percent: 20 };
/** One thread cannot exceed the base by a factor, if the base is high: it may also exceed the usual high level. */
const ABOVE_HIGH = { factor: 1.1, percent: 10 };
const LEAST_ABOVE_BASE = 10;
/** How long high CPU has to last if the program has not had a longer period before. */
const SHORTEST_RUN_S = 12;
/**
 * A loop that never ends uses the same CPU every second, and bursts that coincide do not: a level that is this close to the median,
 * relative to it, has to last only this long, however many bursts there are.
 */
const EVEN = { spread: 0.15, runS: 11 };
const LONGER_THAN_BEFORE = { factor: 1.17, seconds: 5 };
/** The fraction of the longest period that is forgotten with each sample. */
const FORGETTING = 1 / 20_000;
/** The first jobs of a young program are not known yet: high CPU has to last longer, and ever less until this time after the warm-up. */
const YOUNG = { runS: 150, untilS: 350 };
/**
 * A rise that took longer than this from half-way between the usual level and the threshold may be a wave of traffic, which a
 * young program has not had before: it has to last longer, and ever less until this time after the warm-up.
 */
const GRADUAL = { riseS: 28, runS: 600, untilS: 1200 };
/** A level that was higher before in the same period is the end of a wave. For this long, it is not reported. */
const FALLING = { level: 0.95, seconds: 600 };
/** Single values above the threshold: the more a program has of them, the more probably some coincide for a while. */
const BURSTS = { rememberedS: 600, runS: 50, mostS: 15 };
/** A period of high CPU may be interrupted for this long by a level that is not much below the threshold. */
const DIP = { seconds: 4, level: 0.85 };
/** Time constants of the base, which does not follow while CPU is high. Work during the start is forgotten quickly. */
const BASE_S = { up: 200, down: 240, downAtFirst: 15 };
/** Time constants of the usual high level. */
const HIGH_S = { up: 57, down: 1300 };
/** High CPU that lasts this long becomes the new usual level. */
const HABIT_S = 900;
/** The score of what would be an anomaly if it did not get better by itself. */
const ALMOST = 0.49;
/** How often the evidence is updated while a finding lasts. */
const REFRESH_S = 15;

/**
 * Creates a detector of CPU use that stays high for longer than usual for this program, robust to bursts. Values are
 * percent of one core. Healing may act on it: a finding takes a lasting level far above the program's own past.
 */
export function createSpikeDetector(options: SpikeOptions = {}): Detector {
  return new SpikeDetector(options);
}

/** Version of the saved state. */
const STATE_VERSION = 2;

class SpikeDetector implements Detector {
  readonly #clock = new SampleClock();
  readonly #window = new SortedWindow(WINDOW);
  readonly #minPercent: number;
  readonly #warmUpSeconds: number;
  #base = NaN;
  /** The level that is usual when the program works most. */
  #high = 0;
  /** The fraction of values above the threshold while the level is below it. */
  #bursts = 0;
  /** When the level was last nearer to the base than to the threshold; NaN if that is not known. */
  #lowAt = NaN;
  /** Whether the level rose to the threshold gradually. */
  #isGradual = false;
  /** The highest level in the present period of high CPU. */
  #top = 0;
  #longestRun: number;
  readonly #knownRun: number;
  #hotSince = NaN;
  #hotAt = -Infinity;
  #reportedAt = -Infinity;
  #finding: Finding = NOTHING;

  constructor({ minPercent = 50, warmUpSeconds = 300, longestRunS = 0 }: SpikeOptions) {
    this.#knownRun = longestRunS;
    this.#longestRun = longestRunS;
    this.#minPercent = minPercent;
    this.#warmUpSeconds = warmUpSeconds;
  }

  push(sample: Sample): Finding {
    if (!isUsable(sample)) return this.#finding;
    const { t, value } = sample;
    const step = this.#clock.advance(t);
    this.#window.push(value);
    if (!this.#window.isFull) return NOTHING;
    if (Number.isNaN(this.#base)) {
      this.#base = this.#window.percentile(0.5);
      this.#high = this.#window.percentile(LEVEL);
    }
    this.#longestRun -= this.#longestRun * FORGETTING;
    const level = this.#window.percentile(LEVEL);
    const threshold = this.#threshold();
    if (level <= (threshold + this.#base) / 2) this.#lowAt = this.#clock.elapsed;
    if (level <= threshold) {
      if (this.#isDip(level, threshold)) return this.#finding;
      this.#bursts += (Number(value > threshold) - this.#bursts) * Math.min(1, step / BURSTS.rememberedS);
      this.#coolDown(step, level);
      return NOTHING;
    }
    this.#hotAt = this.#clock.elapsed;
    if (this.#clock.elapsed < this.#warmUpSeconds) this.#followHigh(step, level);
    // The level lags behind: most of the window is already high when it exceeds the threshold.
    if (Number.isNaN(this.#hotSince)) {
      this.#hotSince = this.#clock.elapsed - step * WINDOW * (1 - LEVEL);
      this.#isGradual = this.#clock.elapsed - this.#lowAt > GRADUAL.riseS;
      this.#top = 0;
    }
    return this.#judge(level);
  }

  reset(): void {
    this.#clock.reset();
    this.#window.clear();
    this.#base = NaN;
    this.#high = 0;
    this.#bursts = 0;
    this.#lowAt = NaN;
    this.#isGradual = false;
    this.#top = 0;
    this.#longestRun = this.#knownRun;
    this.#hotSince = NaN;
    this.#hotAt = -Infinity;
    this.#reportedAt = -Infinity;
    this.#finding = NOTHING;
  }

  learn(memory: RunMemory): RunMemory {
    return this.#longestRun === memory.longestCpuRunS ? memory : { ...memory, longestCpuRunS: this.#longestRun };
  }

  save(): readonly number[] {
    const numbers = [STATE_VERSION];
    this.#clock.save(numbers);
    numbers.push(this.#base, this.#high, this.#longestRun, this.#bursts);
    return numbers;
  }

  restore(saved: SavedNumbers): void {
    this.reset();
    try {
      if (saved.next() !== STATE_VERSION) throw new RangeError('the state of another version');
      this.#clock.restore(saved);
      this.#base = saved.nextOrNone();
      this.#high = Math.max(0, saved.next());
      this.#longestRun = Math.max(0, saved.next());
      this.#bursts = Math.max(0, saved.next());
    } catch (error) {
      this.reset();
      throw error;
    }
  }

  #isDip(level: number, threshold: number): boolean {
    const isHot = !Number.isNaN(this.#hotSince);
    return isHot && level > DIP.level * threshold && this.#clock.elapsed - this.#hotAt <= DIP.seconds;
  }

  #threshold(): number {
    const aboveHigh = Math.max(ABOVE_HIGH.factor * this.#high + ABOVE_HIGH.percent, this.#base + LEAST_ABOVE_BASE);
    return Math.max(this.#minPercent, Math.min(ABOVE_BASE.factor * this.#base + ABOVE_BASE.percent, aboveHigh));
  }

  #coolDown(step: number, level: number): void {
    const { elapsed } = this.#clock;
    if (!Number.isNaN(this.#hotSince)) {
      const lag = step * WINDOW * LEVEL;
      this.#longestRun = Math.max(this.#longestRun, elapsed - lag - this.#hotSince);
      this.#hotSince = NaN;
      this.#reportedAt = -Infinity;
    }
    this.#finding = NOTHING;
    this.#learn(step, level);
  }

  #learn(step: number, level: number): void {
    this.#followHigh(step, level);
    const usual = this.#window.percentile(0.5);
    const isFirst = this.#clock.elapsed < this.#warmUpSeconds;
    const down = isFirst ? BASE_S.downAtFirst : BASE_S.down;
    const seconds = usual > this.#base ? BASE_S.up : down;
    this.#base += (usual - this.#base) * Math.min(1, step / seconds);
  }

  #followHigh(step: number, level: number): void {
    this.#high += (level - this.#high) * Math.min(1, step / (level > this.#high ? HIGH_S.up : HIGH_S.down));
  }

  #judge(level: number): Finding {
    const { elapsed } = this.#clock;
    const run = elapsed - this.#hotSince;
    this.#top = Math.max(this.#top, level);
    if (run > HABIT_S) this.#base = level;
    if (elapsed < this.#warmUpSeconds) return NOTHING;
    const needed = this.#neededRun(elapsed);
    const score = Math.min(this.#isWaning(level, run) ? ALMOST : 1, (run / needed) * ALARM);
    const anomaly = score >= ALARM;
    if (!anomaly) return { score, anomaly, evidence: null };
    if (elapsed - this.#reportedAt < REFRESH_S) return this.#finding;
    this.#reportedAt = elapsed;
    this.#finding = { score, anomaly, evidence: this.#evidence(level, run) };
    return this.#finding;
  }

  /** Returns whether a wave that was not reported is on its way down. */
  #isWaning(level: number, run: number): boolean {
    const isReported = this.#reportedAt > -Infinity;
    return this.#isGradual && !isReported && run < FALLING.seconds && level < FALLING.level * this.#top;
  }

  /** Returns how long high CPU has to last, in seconds. */
  #neededRun(elapsed: number): number {
    const { runS, untilS } = this.#isGradual ? GRADUAL : YOUNG;
    const young = runS * (1 - (elapsed - this.#warmUpSeconds) / untilS);
    const usual = this.#window.percentile(0.5);
    const isEven = usual - this.#window.percentile(0) <= EVEN.spread * usual;
    const extra = isEven ? 0 : Math.min(BURSTS.mostS, BURSTS.runS * this.#bursts);
    const shortest = isEven ? EVEN.runS : SHORTEST_RUN_S;
    const longer =
      this.#longestRun === 0 ? 0 : LONGER_THAN_BEFORE.factor * this.#longestRun + LONGER_THAN_BEFORE.seconds;
    return Math.max(young, Math.max(shortest, longer) + extra);
  }

  #evidence(level: number, run: number): Evidence {
    const figures = {
      percent: Math.round(level),
      seconds: Math.round(run),
      usualPercent: Math.round(this.#base),
      longestBeforeSeconds: Math.round(this.#longestRun),
    };
    const before =
      figures.longestBeforeSeconds === 0
        ? 'it was never this high for long before'
        : `the longest previous period was ${figures.longestBeforeSeconds} s`;
    return {
      sentence: `CPU was at least ${figures.percent} % for most of ${figures.seconds} s; the usual level is ${figures.usualPercent} %; ${before}`,
      figures,
    };
  }
}
