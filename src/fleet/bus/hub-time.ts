import type { Bus } from './connect-bus.ts';

const REQUEST_TIMEOUT_MS = 2_000;
const MEASURE_EVERY_MS = 300_000;
/** Without an answer, try again soon: the hub may just be creating its streams. */
const RETRY_MS = 15_000;

/** The stream that stamps messages with the time of the hub. */
export const CLOCK_STREAM = 'HEALER_CLOCK';

/** Returns the subject on which only the owner of a public key may ask for the time. */
export function clockSubject(publicKey: string): string {
  return `healer.v1.clock.${publicKey}`;
}

/** One comparison of the two clocks. */
export interface ClockReading {
  /** How far the clock of the hub is ahead of that of this machine, in ms. */
  readonly offsetMs: number;
  /** Half of the round trip, in ms: the offset is at most this far off. */
  readonly uncertaintyMs: number;
}

interface HubTimeOptions {
  readonly onReading?: (reading: ClockReading) => void;
  /** The wall clock of this machine; tests pass one that is wrong. */
  readonly now?: () => number;
}

/** The time of the hub, by which deadlines are given and hosts are judged: the clocks of hosts may differ. */
export class HubTime {
  readonly #bus: Bus;
  readonly #publicKey: string;
  readonly #now: () => number;
  readonly #onReading: ((reading: ClockReading) => void) | undefined;
  #reading: ClockReading | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(bus: Bus, { onReading, now = Date.now }: HubTimeOptions = {}) {
    this.#bus = bus;
    this.#publicKey = publicKeyOf(bus.credential.jwt);
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

  /** Compares the clocks. Returns null if the hub does not answer. */
  async measure(): Promise<ClockReading | null> {
    try {
      const reading = await this.#compare();
      this.#reading = reading;
      this.#onReading?.(reading);
      return reading;
    } catch {
      return null;
    }
  }

  async #keepMeasuring(): Promise<void> {
    const reading = await this.measure();
    if (this.#isClosed) return;
    const delayMs = reading === null ? RETRY_MS : MEASURE_EVERY_MS;
    this.#timer = setTimeout(() => void this.#keepMeasuring(), delayMs);
    this.#timer.unref();
  }

  /** The stream stamps the message between the request and its acknowledgment. */
  async #compare(): Promise<ClockReading> {
    const { nats } = this.#bus;
    const subject = clockSubject(this.#publicKey);
    const startedAt = performance.now();
    await nats.request(subject, undefined, { timeout: REQUEST_TIMEOUT_MS });
    const uncertaintyMs = (performance.now() - startedAt) / 2;
    const middle = this.#now() - uncertaintyMs;
    const stored = await nats.request(`$JS.API.DIRECT.GET.${CLOCK_STREAM}.${subject}`, undefined, {
      timeout: REQUEST_TIMEOUT_MS,
    });
    const stampedAt = Date.parse(stored.headers?.get('Nats-Time-Stamp') ?? '');
    if (Number.isNaN(stampedAt)) throw new Error('the hub did not stamp the message');
    return { offsetMs: stampedAt - middle, uncertaintyMs };
  }
}

/** Returns the public key that a credential was issued for. */
export function publicKeyOf(jwt: string): string {
  const claims = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as { sub?: unknown };
  return String(claims.sub);
}
