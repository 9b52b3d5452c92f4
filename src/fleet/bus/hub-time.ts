import type { Bus } from './connect-bus.ts';

const REQUEST_TIMEOUT_MS = 2_000;
const MEASURE_EVERY_MS = 300_000;
/** Without an answer, try again soon: the agent of the hub may just be starting. */
const RETRY_MS = 15_000;
/** A reading is vague from this uncertainty on: the clocks are compared again, because a machine or a line was busy. */
const VAGUE_MS = 250;
const MOST_COMPARISONS = 3;

/** On this subject, the agent on the machine of the hub answers with its time, in ms since 1970. */
export const CLOCK_SUBJECT = 'healer.v1.clock';

/** A header of the answer: for how long the hub has kept messages, in ms. Missing while it has no streams. */
export const KEPT_HEADER = 'Healer-Kept-For';

/** One comparison of the two clocks. */
export interface ClockReading {
  /** How far the clock of the hub is ahead of that of this machine, in ms. */
  readonly offsetMs: number;
  /** Half of the round trip, in ms: the offset is at most this far off. */
  readonly uncertaintyMs: number;
  /** Since when the hub has kept what is published, on the monotonic clock of this machine; null if that is unknown. */
  readonly keptSince: number | null;
}

interface HubTimeOptions {
  readonly onReading?: (reading: ClockReading) => void;
  /** The wall clock of this machine; tests pass one that is wrong. */
  readonly now?: () => number;
}

/** The time of the hub, by which deadlines are given and hosts are judged: the clocks of hosts may differ. */
export class HubTime {
  readonly #bus: Bus;
  readonly #now: () => number;
  readonly #onReading: ((reading: ClockReading) => void) | undefined;
  #reading: ClockReading | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(bus: Bus, { onReading, now = Date.now }: HubTimeOptions = {}) {
    this.#bus = bus;
    this.#now = now;
    this.#onReading = onReading;
  }

  /** Null until the clocks were compared. */
  get reading(): ClockReading | null {
    return this.#reading;
  }

  /** Returns the time of the hub in ms since 1970; the time of this machine until the clocks were compared. */
  now(): number {
    return this.#now() + (this.#reading?.offsetMs ?? 0);
  }

  /** Compares the clocks now and every 5 min. */
  start(): void {
    void this.#keepMeasuring();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** Compares the clocks, again after a vague reading. Returns null if the hub does not answer. */
  async measure(): Promise<ClockReading | null> {
    const reading = await this.#compareUntilCertain();
    if (reading === null) return null;
    this.#reading = reading;
    this.#onReading?.(reading);
    return reading;
  }

  /** Returns the most certain of some readings. */
  async #compareUntilCertain(): Promise<ClockReading | null> {
    let best: ClockReading | null = null;
    for (let comparisons = 0; comparisons < MOST_COMPARISONS; comparisons++) {
      const reading = await this.#compare().catch(() => null);
      if (reading === null) return best;
      if (best === null || reading.uncertaintyMs < best.uncertaintyMs) best = reading;
      if (best.uncertaintyMs < VAGUE_MS) return best;
    }
    return best;
  }

  async #keepMeasuring(): Promise<void> {
    const reading = await this.measure();
    if (this.#isClosed) return;
    const delayMs = reading === null ? RETRY_MS : MEASURE_EVERY_MS;
    this.#timer = setTimeout(() => void this.#keepMeasuring(), delayMs);
    this.#timer.unref();
  }

  async #compare(): Promise<ClockReading> {
    const startedAt = performance.now();
    const answer = await this.#bus.nats.request(CLOCK_SUBJECT, undefined, { timeout: REQUEST_TIMEOUT_MS });
    const uncertaintyMs = (performance.now() - startedAt) / 2;
    const hubTime = Number(answer.string());
    if (!Number.isFinite(hubTime)) throw new Error('the answer is not a time');
    const keptForMs = Number.parseInt(answer.headers?.get(KEPT_HEADER) ?? '', 10);
    const keptSince = Number.isNaN(keptForMs) ? null : performance.now() - keptForMs;
    return { offsetMs: hubTime - (this.#now() - uncertaintyMs), uncertaintyMs, keptSince };
  }
}

/** Returns the public key that a credential was issued for. */
export function publicKeyOf(jwt: string): string {
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as { sub?: unknown };
  return String(claims.sub);
}
