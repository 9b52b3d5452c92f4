/** What one caller has left: a bucket that fills at a steady rate and is emptied by requests. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export interface RateLimit {
  readonly perSecond: number;
  /** How many may come at once. */
  readonly burst: number;
}

export interface Spending {
  readonly bucket: Bucket;
  /** Null when the request may pass, else how long to wait. */
  readonly retryAfterMs: number | null;
}

/** Takes one request out of a bucket; one that nobody knows yet is full. */
export function spend(bucket: Bucket | undefined, { perSecond, burst }: RateLimit, nowMs: number): Spending {
  const elapsedMs = bucket === undefined ? 0 : Math.max(0, nowMs - bucket.atMs);
  const tokens = bucket === undefined ? burst : Math.min(burst, bucket.tokens + (elapsedMs / 1000) * perSecond);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, atMs: nowMs }, retryAfterMs: null };
  return { bucket: { tokens, atMs: nowMs }, retryAfterMs: Math.ceil(((1 - tokens) / perSecond) * 1000) };
}

/** Whether a bucket says no more than one that nobody knows. */
export function isFull({ tokens, atMs }: Bucket, { perSecond, burst }: RateLimit, nowMs: number): boolean {
  return tokens + ((nowMs - atMs) / 1000) * perSecond >= burst;
}
