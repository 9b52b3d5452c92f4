import { expect, test } from 'vitest';
import { RateLimiter } from '../../../src/engine/access/rate-limiter.ts';
import type { HealerError } from '../../../src/protocol/errors.ts';

const LIMIT = { perSecond: 2, burst: 4 };

function refusalOf(action: () => void): HealerError | null {
  try {
    action();
    return null;
  } catch (error) {
    return error as HealerError;
  }
}

test.each([
  ['the burst at once', [0, 0, 0, 0], [true, true, true, true]],
  ['no more than the burst', [0, 0, 0, 0, 0], [true, true, true, true, false]],
  ['one more after half a second', [0, 0, 0, 0, 500], [true, true, true, true, true]],
  ['not one more just before that', [0, 0, 0, 0, 499], [true, true, true, true, false]],
  ['two per second for any time', [0, 0, 0, 0, 1000, 1000, 1000], [true, true, true, true, true, true, false]],
  [
    'the burst again after it is refilled',
    [0, 0, 0, 0, 9000, 9000, 9000, 9000, 9000],
    [true, true, true, true, true, true, true, true, false],
  ],
])('allows an address %s', (_what, times, expected) => {
  let now = 0;
  const limiter = new RateLimiter(() => now);
  const allowed = times.map((time) => {
    now = time;
    return refusalOf(() => limiter.take('10.0.0.1', LIMIT)) === null;
  });
  expect(allowed).toEqual(expected);
});

test('a refusal includes the time to wait', () => {
  const limiter = new RateLimiter(() => 0);
  for (let count = 0; count < 4; count++) limiter.take('10.0.0.1', LIMIT);
  const refusal = refusalOf(() => limiter.take('10.0.0.1', LIMIT));
  expect(refusal).toMatchObject({ code: 'TOO_MANY_REQUESTS', data: { retryAfterMs: 500 } });
  expect(refusal?.message).toBe('too many requests; try again in 1 s');
});

test('addresses do not affect each other', () => {
  const limiter = new RateLimiter(() => 0);
  for (let count = 0; count < 4; count++) limiter.take('10.0.0.1', LIMIT);
  expect(refusalOf(() => limiter.take('10.0.0.2', LIMIT))).toBeNull();
});

test('many idle addresses do not displace one that has used up its burst', () => {
  let now = 0;
  const limiter = new RateLimiter(() => now);
  for (let index = 0; index < 9_999; index++) limiter.take(`idle-${String(index)}`, LIMIT);
  now = 10_000;
  for (let count = 0; count < 4; count++) limiter.take('busy', LIMIT);
  limiter.take('one-more', LIMIT);
  expect(refusalOf(() => limiter.take('busy', LIMIT))?.code).toBe('TOO_MANY_REQUESTS');
});
