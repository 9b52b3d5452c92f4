import { type Bucket, isFull, type RateLimit, spend } from '../../policy/remote-access/rate-limit.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Addresses that are remembered; beyond that those are forgotten first that have asked little. */
const MOST_ADDRESSES = 10_000;

/** Counts what each address asks, in bounded memory. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @throws HealerError TOO_MANY_REQUESTS with the milliseconds to wait */
  take(address: string, limit: RateLimit): void {
    const { bucket, retryAfterMs } = spend(this.#buckets.get(address), limit, this.#now());
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > MOST_ADDRESSES) this.#forget(limit);
    if (retryAfterMs !== null) throw tooMany(retryAfterMs);
  }

  #forget(limit: RateLimit): void {
    for (const [address, bucket] of this.#buckets)
      if (isFull(bucket, limit, this.#now())) this.#buckets.delete(address);
    for (const address of this.#buckets.keys()) {
      if (this.#buckets.size <= MOST_ADDRESSES / 2) return;
      this.#buckets.delete(address);
    }
  }
}

function tooMany(retryAfterMs: number): HealerError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new HealerError('TOO_MANY_REQUESTS', `too many requests; try again in ${String(seconds)} s`, { retryAfterMs });
}
