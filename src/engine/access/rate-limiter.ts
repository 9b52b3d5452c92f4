import { type Bucket, isFull, type RateLimit, spend } from '../../policy/remote-access/rate-limit.ts';
import { HealerError } from '../../protocol/errors.ts';

/** Beyond this number, addresses with a full allowance are dropped first. */
const MAX_ADDRESSES = 10_000;

/** Limits the request rate of each address, in bounded memory. */
export class RateLimiter {
  readonly #buckets = new Map<string, Bucket>();
  readonly #now: () => number;

  /** @param now monotonic time in ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts a request. @throws HealerError TOO_MANY_REQUESTS with the ms to wait */
  take(address: string, limit: RateLimit): void {
    const { bucket, retryAfterMs } = spend(this.#buckets.get(address), limit, this.#now());
    this.#buckets.delete(address);
    this.#buckets.set(address, bucket);
    if (this.#buckets.size > MAX_ADDRESSES) this.#forget(limit);
    if (retryAfterMs !== null) throw tooMany(retryAfterMs);
  }

  #forget(limit: RateLimit): void {
    for (const [address, bucket] of this.#buckets)
      if (isFull(bucket, limit, this.#now())) this.#buckets.delete(address);
    for (const address of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_ADDRESSES / 2) return;
      this.#buckets.delete(address);
    }
  }
}

/** Returns how often each caller that is not trusted may call. */
export function requestLimitOf({ requestsPerSecond }: { readonly requestsPerSecond: number }): RateLimit {
  return { perSecond: requestsPerSecond, burst: requestsPerSecond * 2 };
}

function tooMany(retryAfterMs: number): HealerError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new HealerError('TOO_MANY_REQUESTS', `too many requests; try again in ${String(seconds)} s`, { retryAfterMs });
}
