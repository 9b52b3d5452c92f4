/** Samples are averaged over this time, so that steps and the sawtooth of a garbage collector do not matter. */
const PIECE_S = 5;
/** Number of spans of the period that is judged; a span is one piece, or two or three if that is too short. */
const SPANS = 8;
const MOST_PIECES_A_SPAN = 3;
const PIECES = SPANS * MOST_PIECES_A_SPAN;
/** Bounds for the growth of each span, in multiples of the mean growth. */
const SLOWEST_SPAN = 0.6;
const FASTEST_SPAN = 1.5;
/** Later growth relative to earlier growth: steady, and still steady if its variation explains the difference. */
const NOT_SLACKENING = 0.96;
const SLACKENING = 0.92;
const WOBBLES = 2;
/** The rate relative to the rate right before the period, if enough pieces exist to measure that. */
const AS_BEFORE = 0.65;
const LEAST_BEFORE = 3;
/** Largest fraction of the growth within one piece; more means loading in stages. */
const LARGEST_STEP = 0.2;
/** Least fraction of the growth above what the program held before; the next tooth of a sawtooth has less. */
const NEW_GROUND = 0.5;
/** A limit that will be reached within this time leaves no time to wait, if this fraction of it is in use. */
const HORIZON_S = 60;
const NEAR_LIMIT = 0.5;
/** A program that is too large to double within 40 s can wait for the trend, unless memory will run out within this time. */
const SOON_S = 300;
/** Programs that grow faster, in MB/s, are loading data and will stop. */
const LOADING_RATE = 25;
/** Any growth up to this size is fine, in MB. */
const MODEST = 200;

/** What a program may still use, in MB; Infinity if there is no bound. */
export interface MemoryRoom {
  /** Free memory of the host. */
  readonly free: number;
  /** The limit of the program, less the memory that the series does not include. */
  readonly limit: number;
}

/** A rise that cannot wait for the trend, in MB. */
export interface FastRise {
  /** MB per second. */
  readonly rate: number;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
  /** Seconds until the limit or the memory of the host is used up; Infinity if unknown. */
  readonly secondsLeft: number;
  /** The host has less free memory than the limit allows. */
  readonly isHostFirst: boolean;
}

/**
 * Detects a rise that cannot wait for a trend: memory that grew steadily for 40 seconds, fast enough to run out within
 * minutes.
 *
 * The growth of a cache or a warm-up slows down, so the later spans must not be slower than the earlier ones. A warm-up to
 * several times the initial size slows down visibly by the time it has doubled, whatever its rate. So memory that is judged
 * only by its rate must have doubled. If it has not within 40 seconds, that can wait unless memory will run out within five
 * minutes; then 80 seconds are enough, and after two minutes it need not have doubled.
 */
export class FastRiseWatch {
  /** Oldest first. */
  readonly #pieces = new Float32Array(PIECES);
  readonly #leastRate: number;
  readonly #aboveMb: number;
  /** The highest of the pieces that were dropped. */
  #peak = 0;
  #count = 0;
  #openSince = NaN;
  #sum = 0;
  #samples = 0;
  /** Null unless memory rises that way. */
  rise: FastRise | null = null;

  /**
   * @param leastRate the rate from which a steady rise is a leak whatever the limit, in MB/s; Infinity for never
   * @param aboveMb a rise below this size is not judged only by its rate
   */
  constructor(leastRate: number, aboveMb: number) {
    this.#leastRate = leastRate;
    this.#aboveMb = Math.max(aboveMb, MODEST);
  }

  /**
   * Takes a sample. Returns whether `rise` may have changed.
   *
   * @param room what may be used up
   */
  push(elapsed: number, step: number, value: number, room: MemoryRoom): boolean {
    // Sparse samples miss too much for this rule.
    if (step > PIECE_S) this.clear();
    const isComplete = elapsed - this.#openSince >= PIECE_S;
    if (isComplete) this.#append(this.#sum / this.#samples);
    if (isComplete || this.#samples === 0) {
      this.#openSince = elapsed;
      this.#samples = 0;
      this.#sum = 0;
    }
    this.#samples += 1;
    this.#sum += value;
    if (!isComplete) return false;
    const before = this.rise;
    this.rise = this.#judge(value, room);
    return before !== null || this.rise !== null;
  }

  clear(): void {
    this.#peak = 0;
    this.#count = 0;
    this.#samples = 0;
    this.#openSince = NaN;
    this.rise = null;
  }

  #append(mean: number): void {
    if (this.#count === PIECES) this.#peak = Math.max(this.#peak, this.#pieces[0] ?? 0);
    this.#pieces.copyWithin(0, 1);
    this.#pieces[PIECES - 1] = mean;
    this.#count = Math.min(this.#count + 1, PIECES);
  }

  #judge(to: number, room: MemoryRoom): FastRise | null {
    for (let length = 1; length <= MOST_PIECES_A_SPAN && length * SPANS <= this.#count; length++) {
      const rise = this.#judgePeriod(length, to, room);
      if (rise !== null) return rise;
    }
    return null;
  }

  /** @param length number of pieces in a span */
  #judgePeriod(length: number, to: number, { free, limit }: MemoryRoom): FastRise | null {
    const first = this.#span(0, length);
    const rise = this.#span(SPANS - 1, length) - first;
    const rate = rise / ((SPANS - 1) * length * PIECE_S);
    if (rate <= 0 || !this.#isEven(length, rise / (SPANS - 1))) return null;
    if (length > 1 && this.#largestStep(length) > LARGEST_STEP * rise) return null;
    if (rate < AS_BEFORE * this.#rateBefore(length)) return null;
    if (first + rise - Math.max(first, this.#peakBefore(length)) < NEW_GROUND * rise) return null;
    const isHostFirst = free < limit - to;
    const secondsLeft = Math.max(0, isHostFirst ? free : limit - to) / rate;
    const isFast = to >= this.#aboveMb && rate >= this.#leastRate && rate <= Math.max(this.#leastRate, LOADING_RATE);
    const isTooFast =
      isFast &&
      (length === 1 ? rise >= first : secondsLeft <= SOON_S && (rise >= first || length === MOST_PIECES_A_SPAN));
    const isTooNear = secondsLeft <= HORIZON_S && (isHostFirst || to >= NEAR_LIMIT * limit);
    const seconds = SPANS * length * PIECE_S;
    // The mean of the first span is moved to its start, so that the reported figures agree.
    const from = Math.min(first, Math.max(first / 2, to - rate * seconds));
    return isTooFast || isTooNear ? { rate, seconds, from, to, secondsLeft, isHostFirst } : null;
  }

  #isEven(length: number, mean: number): boolean {
    let level = this.#span(0, length);
    let [early, late, wobble, before] = [0, 0, 0, NaN];
    for (let index = 1; index < SPANS; index++) {
      const growth = this.#span(index, length) - level;
      if (growth < SLOWEST_SPAN * mean || growth > FASTEST_SPAN * mean) return false;
      if (index < SPANS / 2) early += growth;
      if (index > SPANS / 2) late += growth;
      if (index > 1) wobble += Math.abs(growth - before) / (SPANS - 2);
      before = growth;
      level += growth;
    }
    return isSteady(early, late, wobble * (SPANS / 2 - 1));
  }

  #largestStep(length: number): number {
    let largest = 0;
    for (let piece = PIECES - SPANS * length + 1; piece < PIECES; piece++)
      largest = Math.max(largest, (this.#pieces[piece] ?? 0) - (this.#pieces[piece - 1] ?? 0));
    return largest;
  }

  #rateBefore(length: number): number {
    const first = PIECES - SPANS * length;
    const pieces = Math.min(this.#count - SPANS * length, SPANS);
    if (pieces < LEAST_BEFORE) return 0;
    return ((this.#pieces[first] ?? 0) - (this.#pieces[first - pieces] ?? 0)) / (pieces * PIECE_S);
  }

  /** Returns the mean of a span; 0 is the oldest of the period. */
  #span(index: number, length: number): number {
    const from = PIECES - (SPANS - index) * length;
    let sum = 0;
    for (let piece = from; piece < from + length; piece++) sum += this.#pieces[piece] ?? 0;
    return sum / length;
  }

  /** Returns the highest piece before the period. */
  #peakBefore(length: number): number {
    let highest = this.#peak;
    for (let piece = PIECES - this.#count; piece < PIECES - SPANS * length; piece++)
      highest = Math.max(highest, this.#pieces[piece] ?? 0);
    return highest;
  }
}

/** Returns whether the later half is not slower than the earlier one, or only as much as its variation explains. */
function isSteady(early: number, late: number, wobble: number): boolean {
  return late >= NOT_SLACKENING * early || (late >= SLACKENING * early && early - late <= WOBBLES * wobble);
}
