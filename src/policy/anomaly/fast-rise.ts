/** Means of so many seconds, so that steps and the teeth of a collector do not matter. */
const PIECE_S = 5;
/** A look back has so many spans; they are of one piece, or of two or three where that is too short to tell. */
const SPANS = 8;
const MOST_PIECES_A_SPAN = 3;
const PIECES = SPANS * MOST_PIECES_A_SPAN;
/** How even the spans have to be, in mean growths of a span. */
const SLOWEST_SPAN = 0.6;
const FASTEST_SPAN = 1.5;
/** The later half of the growth in the earlier: steady, and steady if it wobbles so much that chance can do it. */
const NOT_SLACKENING = 0.96;
const SLACKENING = 0.92;
const WOBBLES = 2;
/** The pace, in paces of what came right before the look back, where that is long enough to have one. */
const AS_BEFORE = 0.65;
const LEAST_BEFORE = 3;
/** Share of the growth that a single piece has: more is loading in stages. */
const LARGEST_STEP = 0.2;
/** Share of the growth that goes beyond what the program held before: the next tooth of a sawtooth does not. */
const NEW_GROUND = 0.5;
/** A limit that is so near, and a rise that comes that close to it, leave no time for anything else. */
const HORIZON_S = 60;
const NEAR_LIMIT = 0.5;
/** Faster than this, programs load what they need and then stop. */
const LOADING_RATE = 25;
/** So much a program may take in any way it likes, MB. */
const MODEST = 200;

/** A rise that cannot wait, in MB. */
export interface FastRise {
  /** A second. */
  readonly rate: number;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
  /** Until there is no memory left to take; Infinity where nobody knows. */
  readonly secondsLeft: number;
  /** The host has less left than the limit allows. */
  readonly isHostFirst: boolean;
}

/**
 * What cannot wait for a trend: memory that has grown evenly for 40 seconds, fast enough to end badly within minutes.
 *
 * A rise slackens when a cache fills or a program warms up, so the later spans must not be slower than the earlier. A
 * warm-up to some times of what a program held slackens visibly by the time it has doubled, whatever its pace. So what is
 * judged by its rate alone must have doubled, or have been looked at for two minutes.
 */
export class FastRiseWatch {
  /** The newest is the last. */
  readonly #pieces = new Float32Array(PIECES);
  readonly #leastRate: number;
  readonly #limit: number;
  readonly #aboveMb: number;
  /** The most of a piece that is no longer held. */
  #peak = 0;
  #count = 0;
  #openSince = NaN;
  #sum = 0;
  #samples = 0;
  /** Null as long as nothing rises that way. */
  rise: FastRise | null = null;

  /**
   * @param leastRate from which on an even rise is a leak whatever the limit; Infinity never
   * @param limit Infinity where there is none
   * @param aboveMb below it a rise is not judged by its rate alone
   */
  constructor(leastRate: number, limit: number, aboveMb: number) {
    this.#leastRate = leastRate;
    this.#limit = limit;
    this.#aboveMb = Math.max(aboveMb, MODEST);
  }

  /**
   * True when that may have changed `rise`.
   * @param free what the host has left; Infinity where nobody knows
   */
  push(elapsed: number, step: number, value: number, free: number): boolean {
    // Where samples are sparse, so much is not seen between two of them that this rule has no say.
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
    this.rise = this.#judge(value, free);
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

  #judge(to: number, free: number): FastRise | null {
    for (let length = 1; length <= MOST_PIECES_A_SPAN && length * SPANS <= this.#count; length++) {
      const rise = this.#lookBack(length, to, free);
      if (rise !== null) return rise;
    }
    return null;
  }

  /** @param length pieces of a span */
  #lookBack(length: number, to: number, free: number): FastRise | null {
    const first = this.#span(0, length);
    const rise = this.#span(SPANS - 1, length) - first;
    const rate = rise / ((SPANS - 1) * length * PIECE_S);
    if (rate <= 0 || !this.#isEven(length, rise / (SPANS - 1))) return null;
    if (length > 1 && this.#largestStep(length) > LARGEST_STEP * rise) return null;
    if (rate < AS_BEFORE * this.#rateBefore(length)) return null;
    if (first + rise - Math.max(first, this.#peakBefore(length)) < NEW_GROUND * rise) return null;
    const isHostFirst = free < this.#limit - to;
    const secondsLeft = Math.max(0, isHostFirst ? free : this.#limit - to) / rate;
    const isFast = to >= this.#aboveMb && rate >= this.#leastRate && rate <= Math.max(this.#leastRate, LOADING_RATE);
    const isTooFast = isFast && (rise >= first || length === MOST_PIECES_A_SPAN);
    const isTooNear = secondsLeft <= HORIZON_S && (isHostFirst || to >= NEAR_LIMIT * this.#limit);
    const seconds = SPANS * length * PIECE_S;
    // The first span is named by its beginning, in figures that agree with each other.
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

  /** The mean of a span, 0 being the oldest of the look back. */
  #span(index: number, length: number): number {
    const from = PIECES - (SPANS - index) * length;
    let sum = 0;
    for (let piece = from; piece < from + length; piece++) sum += this.#pieces[piece] ?? 0;
    return sum / length;
  }

  /** The most that was held before the look back. */
  #peakBefore(length: number): number {
    let highest = this.#peak;
    for (let piece = PIECES - this.#count; piece < PIECES - SPANS * length; piece++)
      highest = Math.max(highest, this.#pieces[piece] ?? 0);
    return highest;
  }
}

/** True unless the later half is slower by more than chance, as `wobble` measures it, or by much. */
function isSteady(early: number, late: number, wobble: number): boolean {
  return late >= NOT_SLACKENING * early || (late >= SLACKENING * early && early - late <= WOBBLES * wobble);
}
