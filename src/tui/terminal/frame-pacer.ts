/** Requests a status report (ECMA-48, "DSR"), which the terminal answers once it has shown everything before it. */
export const REQUEST_STATUS = '\x1b[5n';

/** A terminal that has not answered for this long does not answer any more. */
const GIVE_UP_MS = 10_000;
/** How long the first answer of a terminal may take before it is assumed that there will be none. */
const FIRST_ANSWER_MS = 700;
/** Lines that carry less are slow: frames are spread so that they leave room. */
const SLOW_BYTES_PER_MS = 32;
/** A frame that is not urgent takes this share of a slow line, in bytes per ms. */
const CALM_BYTES_PER_MS = 0.3;
const LONGEST_WAIT_MS = 5000;
/** For how long a portion of a frame occupies a slow line, and how much it has at least. */
const PORTION = { ms: 180, leastBytes: 600 };
/** The same for what a key changed first: the answer to a key also waits for the portion that was sent before it. */
const ANSWER = { ms: 120, leastBytes: 450 };

interface SentFrame {
  readonly atMs: number;
  readonly bytes: number;
  /** Whether it showed the effect of a key. What follows from the key need not wait for its size. */
  readonly hurried: boolean;
}

/** What a frame is for. */
export interface FrameNeed {
  /** It shows the effect of a key. */
  readonly hurries: boolean;
  /** Its text is read as it comes, such as a log that is followed. */
  readonly isLive: boolean;
}

/**
 * Paces frames by the answers of the terminal: at most one frame is under way, or two after a key, whatever buffers are
 * between. So the newest frame is seen as soon as the line allows.
 */
export class FramePacer {
  readonly #sent: SentFrame[] = [];
  #hasAnswered = false;
  /** The quickest answer is the time of travel alone; what larger frames take longer is the line. */
  #quickestMs = Infinity;
  #bytesPerMs = Infinity;
  #lastFrame: SentFrame = { atMs: -Infinity, bytes: 0, hurried: false };

  /** Notes that a frame was sent with a request after it. */
  sent(bytes: number, nowMs: number, hurried = false): void {
    this.#lastFrame = { atMs: nowMs, bytes, hurried };
    this.#sent.push(this.#lastFrame);
  }

  /** Notes an answer of the terminal. */
  answered(nowMs: number): void {
    const frame = this.#sent.shift();
    if (frame === undefined) return;
    this.#hasAnswered = true;
    const tookMs = nowMs - frame.atMs;
    this.#quickestMs = Math.min(this.#quickestMs, tookMs);
    const carriedMs = tookMs - this.#quickestMs;
    if (frame.bytes > 500) this.#bytesPerMs = carriedMs > 20 ? frame.bytes / carriedMs : Infinity;
  }

  /** Returns whether the next frame must wait for an answer. */
  isBlocked(nowMs: number, { hurries }: FrameNeed): boolean {
    const [oldest] = this.#sent;
    if (oldest !== undefined && nowMs - oldest.atMs > GIVE_UP_MS) this.reset();
    return this.#hasAnswered && this.#sent.length >= (hurries ? 2 : 1);
  }

  /** Returns when the next frame may be sent, by the clock of `performance.now()`. */
  nextFrameAt({ hurries, isLive }: FrameNeed): number {
    const { atMs, bytes, hurried } = this.#lastFrame;
    if (hurries || hurried || this.#bytesPerMs >= SLOW_BYTES_PER_MS) return atMs;
    // Half of a slow line is left to what keys cause.
    const rate = isLive ? this.#bytesPerMs / 2 : Math.min(CALM_BYTES_PER_MS, this.#bytesPerMs / 2);
    return atMs + Math.min(LONGEST_WAIT_MS, bytes / rate);
  }

  /** Returns how many bytes of a frame are sent at once, so that a key does not wait for the rest; null for all of it. */
  portionBytes(isAnswer: boolean): number | null {
    if (this.#bytesPerMs >= SLOW_BYTES_PER_MS) return null;
    const { ms, leastBytes } = isAnswer ? ANSWER : PORTION;
    return Math.max(leastBytes, Math.round(this.#bytesPerMs * ms));
  }

  /** Answers that are still expected. */
  get expected(): number {
    return this.#sent.length;
  }

  /** Until when answers are worth waiting for before the terminal is handed over. */
  get expectedUntilMs(): number {
    const last = this.#sent.at(-1);
    if (last === undefined) return -Infinity;
    return last.atMs + (this.#hasAnswered ? Math.min(2000, 3 * this.#quickestMs + 500) : FIRST_ANSWER_MS);
  }

  /** Forgets what is under way, because the terminal was handed over or does not answer. */
  reset(): void {
    this.#sent.length = 0;
    this.#hasAnswered = false;
  }
}
