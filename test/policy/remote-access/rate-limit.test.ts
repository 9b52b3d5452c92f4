import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bucket, isFull, type RateLimit, spend } from '../../../src/policy/remote-access/rate-limit.ts';

const LIMIT: RateLimit = { perSecond: 2, burst: 5 };

describe('a bucket', () => {
  test.each<[string, Bucket | undefined, number, number, number | null]>([
    ['of an unknown caller is full', undefined, 0, 4, null],
    ['with one token lets a request pass', { tokens: 1, atMs: 0 }, 0, 0, null],
    ['with less than a token does not', { tokens: 0.999, atMs: 0 }, 0, 0.999, 1],
    ['that is empty refills in half a second', { tokens: 0, atMs: 0 }, 0, 0, 500],
    ['that is half empty refills in a quarter', { tokens: 0.5, atMs: 0 }, 0, 0.5, 250],
    ['has refilled after half a second', { tokens: 0, atMs: 0 }, 500, 0, null],
    ['has not refilled a little earlier', { tokens: 0, atMs: 0 }, 375, 0.75, 125],
    ['never holds more than the burst', { tokens: 0, atMs: 0 }, 1_000_000, 4, null],
    ['does not lose tokens if the clock was set back', { tokens: 1, atMs: 1_000 }, 0, 0, null],
  ])('%s', (_what, bucket, nowMs, tokens, retryAfterMs) => {
    const spending = spend(bucket, LIMIT, nowMs);
    expect(spending.bucket.tokens).toBeCloseTo(tokens, 6);
    expect(spending.bucket.atMs).toBe(nowMs);
    expect(spending.retryAfterMs).toBe(retryAfterMs);
  });

  test.each([
    [5, 0, true],
    [4.999, 0, false],
    [4.999, 1, true],
    [0, 2_499, false],
    [0, 2_500, true],
  ])('with %d tokens is full after %i ms: %s', (tokens, nowMs, expected) => {
    expect(isFull({ tokens, atMs: 0 }, LIMIT, nowMs)).toBe(expected);
  });

  test('lets through the burst, and then as many as the rate allows, whatever the times', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000 }), { maxLength: 60 }), (gaps) => {
        let bucket: Bucket | undefined;
        let nowMs = 0;
        let passed = 0;
        for (const gapMs of gaps) {
          nowMs += gapMs;
          const spending = spend(bucket, LIMIT, nowMs);
          bucket = spending.bucket;
          if (spending.retryAfterMs === null) passed += 1;
        }
        expect(passed).toBeLessThanOrEqual(5 + (nowMs / 1000) * 2 + 1e-6);
      }),
    );
  });

  test('lets a request pass exactly after the time that it returned', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 0.999, noNaN: true }), (tokens) => {
        const { bucket, retryAfterMs } = spend({ tokens, atMs: 0 }, LIMIT, 0);
        expect(spend(bucket, LIMIT, retryAfterMs ?? 0).retryAfterMs).toBeNull();
        expect(spend(bucket, LIMIT, (retryAfterMs ?? 0) - 1).retryAfterMs).not.toBeNull();
      }),
    );
  });
});
