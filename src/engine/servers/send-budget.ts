import { SERVER_LIMITS } from './server-limits.ts';

/** A connection whose unsent data counts against the budget. */
export interface BufferedClient {
  /** Whether it is connected to the Unix socket. */
  readonly isLocal: boolean;
  /** Data that waits in memory to be sent, in bytes. */
  readonly unsentBytes: number;
  /** Data that has left this process since the connection was opened, in bytes. */
  readonly sentBytes: number;
  disconnect(): void;
}

/** What was known about a client when it was last examined. */
interface Progress {
  sentBytes: number;
  /** Monotonic, in ms. */
  atMs: number;
}

/** Measuring all clients again takes longer than estimating. */
const MEASURE_MS = 20;
/** An estimate that is older than this is measured again, because not all data is counted when it is sent. */
const OLD_MS = 1_000;

/**
 * Limits the unsent data of all clients together. When the limit is reached, a client gets no further data until others have
 * read theirs, and remote clients that read nothing are disconnected, those with most unsent data first.
 */
export class SendBudget {
  readonly #clients = new Map<BufferedClient, Progress>();
  readonly #now: () => number;
  /** What was sent since the last measurement is not subtracted. */
  #estimate = 0;
  #measuredMs = -Infinity;

  /** @param now monotonic time in ms */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts the data of a client from now on. Returns the function that ends it. */
  add(client: BufferedClient): () => void {
    this.#clients.set(client, { sentBytes: client.sentBytes, atMs: this.#now() });
    return () => this.#clients.delete(client);
  }

  /** The unsent data of all clients, in bytes. */
  get unsentBytes(): number {
    let total = 0;
    for (const client of this.#clients.keys()) total += client.unsentBytes;
    return total;
  }

  /** Returns whether this much more data may be buffered for a client, and counts it if so. */
  admits(bytes: number, isLocal: boolean): boolean {
    const limit = SERVER_LIMITS.unsentBytes - (isLocal ? 0 : SERVER_LIMITS.unsentReserveBytes);
    const agedMs = this.#now() - this.#measuredMs;
    if (agedMs > OLD_MS || (agedMs > MEASURE_MS && this.#estimate + bytes > limit)) this.#measure();
    if (this.#estimate + bytes > limit) return false;
    this.#estimate += bytes;
    return true;
  }

  /** Counts data that is sent in any case, such as the answer to a request that was carried out. */
  count(bytes: number): void {
    this.#estimate += bytes;
  }

  #measure(): void {
    const nowMs = this.#now();
    this.#measuredMs = nowMs;
    this.#estimate = this.unsentBytes;
    const stalled = this.#findStalled(nowMs);
    const wanted = (SERVER_LIMITS.unsentBytes - SERVER_LIMITS.unsentReserveBytes) / 2;
    for (const client of stalled) {
      if (this.#estimate <= wanted) return;
      this.#estimate -= client.unsentBytes;
      this.#clients.delete(client);
      client.disconnect();
    }
  }

  #findStalled(nowMs: number): readonly BufferedClient[] {
    const stalled: BufferedClient[] = [];
    for (const [client, progress] of this.#clients) {
      if (client.unsentBytes === 0 || client.sentBytes !== progress.sentBytes) {
        progress.sentBytes = client.sentBytes;
        progress.atMs = nowMs;
      } else if (!client.isLocal && nowMs - progress.atMs >= SERVER_LIMITS.stalledMs) stalled.push(client);
    }
    return stalled.sort((a, b) => b.unsentBytes - a.unsentBytes);
  }
}
