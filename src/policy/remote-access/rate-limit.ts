/** The token bucket of one caller: it fills at a steady rate, and every request takes a token. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export interface RateLimit {
  readonly perSecond: number;
  /** How many requests may arrive at once. */
  readonly burst: number;
}

export interface Spending {
  readonly bucket: Bucket;
  /** Null if the request may pass, else how long to wait, in ms. */
  readonly retryAfterMs: number | null;
}

/** Takes one token from a bucket; the bucket of an unknown caller is full. */
export function spend(bucket: Bucket | undefined, { perSecond, burst }: RateLimit, nowMs: number): Spending {
  const elapsedMs = bucket === undefined ? 0 : Math.max(0, nowMs - bucket.atMs);
  const tokens = bucket === undefined ? burst : Math.min(burst, bucket.tokens + (elapsedMs / 1000) * perSecond);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, atMs: nowMs }, retryAfterMs: null };
  return { bucket: { tokens, atMs: nowMs }, retryAfterMs: Math.ceil(((1 - tokens) / perSecond) * 1000) };
}

/** Returns whether a bucket is full, so that it can be forgotten. */
export function isFull({ tokens, atMs }: Bucket, { perSecond, burst }: RateLimit, nowMs: number): boolean {
  return tokens + ((nowMs - atMs) / 1000) * perSecond >= burst;
}
