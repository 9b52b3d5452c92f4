/** Pieces of the look back, each of PIECE_S seconds. */
const PIECES = 8;
const PIECE_S = 5;
/** How even the pieces have to be, in mean growths of a piece, and the later half of them in the earlier. */
const SLOWEST_PIECE = 0.6;
const FASTEST_PIECE = 1.5;
const NOT_SLACKENING = 0.95;
/** Share of the growth that goes beyond what the program held before: the next tooth of a sawtooth does not. */
const NEW_GROUND = 0.5;
/** A limit that is so near, and a rise that comes that close to it, leave no time for anything else. */
const HORIZON_S = 60;
const NEAR_LIMIT = 0.5;
/** Faster than this, programs load what they need and then stop. */
const LOADING_RATE = 25;

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
 * A rise slackens when a cache fills or a program warms up, so the last pieces must not be slower than the first.
 */
export class FastRiseWatch {
  readonly #marks = new Float64Array(PIECES + 1);
  readonly #leastRate: number;
  readonly #limit: number;
  readonly #aboveMb: number;
  /** The most that was held before the look back. */
  #peak = 0;
  #count = 0;
  #nextMark = -Infinity;
  #since = 0;
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
    this.#aboveMb = aboveMb;
  }

  /**
   * True when that may have changed `rise`.
   * @param free what the host has left; Infinity where nobody knows
   */
  push(elapsed: number, step: number, value: number, free: number): boolean {
    // Where samples are sparse, so much is not seen between two of them that this rule has no say.
    if (step > PIECE_S) this.clear();
    if (elapsed < this.#nextMark) return false;
    this.#mark(elapsed, value);
    const before = this.rise;
    this.rise = this.#count > PIECES ? this.#judge(elapsed, free) : null;
    return before !== null || this.rise !== null;
  }

  clear(): void {
    this.#peak = 0;
    this.#count = 0;
    this.#nextMark = -Infinity;
    this.rise = null;
  }

  #mark(elapsed: number, value: number): void {
    if (this.#count === 0) this.#since = elapsed;
    this.#nextMark = this.#count === 0 ? elapsed + PIECE_S : this.#nextMark + PIECE_S;
    if (this.#count > PIECES) {
      this.#peak = Math.max(this.#peak, this.#marks[0] ?? 0);
      this.#marks.copyWithin(0, 1);
    }
    this.#count = Math.min(this.#count + 1, PIECES + 1);
    this.#marks[this.#count - 1] = value;
  }

  #judge(elapsed: number, free: number): FastRise | null {
    const from = this.#marks[0] ?? 0;
    const to = this.#marks[PIECES] ?? 0;
    const seconds = Math.min(PIECES * PIECE_S, elapsed - this.#since);
    const rate = (to - from) / seconds;
    if (rate <= 0 || !this.#isEven((to - from) / PIECES)) return null;
    if (to - Math.max(from, this.#peak) < NEW_GROUND * (to - from)) return null;
    const isHostFirst = free < this.#limit - to;
    const secondsLeft = Math.max(0, isHostFirst ? free : this.#limit - to) / rate;
    const isTooFast = to >= this.#aboveMb && rate >= this.#leastRate && rate <= Math.max(this.#leastRate, LOADING_RATE);
    const isTooNear = secondsLeft <= HORIZON_S && (isHostFirst || to >= NEAR_LIMIT * this.#limit);
    return isTooFast || isTooNear ? { rate, seconds, from, to, secondsLeft, isHostFirst } : null;
  }

  #isEven(mean: number): boolean {
    let late = 0;
    let early = 0;
    for (let piece = 0; piece < PIECES; piece++) {
      const growth = (this.#marks[piece + 1] ?? 0) - (this.#marks[piece] ?? 0);
      if (growth < SLOWEST_PIECE * mean || growth > FASTEST_PIECE * mean) return false;
      if (piece >= PIECES / 2) late += growth;
      else early += growth;
    }
    return late >= NOT_SLACKENING * early;
  }
}
