import { expect, test } from 'vitest';
import {
  afterDelivery,
  afterFailure,
  type FailedAttempt,
  HEALTHY,
  type MessageAttempts,
} from '../../../src/policy/alerts/delivery.ts';
import type { DeliveryFailure } from '../../../src/protocol/alert-delivery.ts';

const REFUSED: DeliveryFailure = { cause: 'refused', scope: 'channel', message: 'nothing listens there' };
const UNTRIED: MessageAttempts = { failures: 0, notBefore: 0 };
const NOW = 1_000_000_000;
const DAY = 86_400_000;
const ATTEMPT: FailedAttempt = { channel: 'email', tries: UNTRIED, failure: REFUSED, writtenAt: NOW };

test('retries a failing channel at increasing intervals, and records since when it has been failing', () => {
  let health = HEALTHY;
  const delays = Array.from({ length: 10 }, (_, index) => {
    const verdict = afterFailure(ATTEMPT, health, NOW + index);
    health = verdict.health;
    return verdict.next === 'retry' ? verdict.tries.notBefore - NOW - index : null;
  });
  expect(delays).toEqual([1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000, 300_000, 300_000]);
  expect(health).toMatchObject({ failingSince: NOW, failures: 10, problem: 'nothing listens there' });
});

test('reports a failure once, and its recovery once', () => {
  const first = afterFailure(ATTEMPT, HEALTHY, NOW);
  expect(first).toMatchObject({ next: 'retry', began: true });
  expect(afterFailure(ATTEMPT, first.health, NOW)).toMatchObject({ began: false });
  expect(afterDelivery(first.health, false, NOW)).toMatchObject({ hasRecovered: true, health: { failingSince: null } });
  expect(afterDelivery(HEALTHY, false, NOW)).toMatchObject({ hasRecovered: false, health: { lastSentAt: NOW } });
});

test('retries a refused message after a minute, then later, then every hour', () => {
  const rejected: DeliveryFailure = { cause: 'rejected', scope: 'message', message: 'no such user' };
  const delays = [0, 1, 2, 3, 9].map((failures) => {
    const verdict = afterFailure({ ...ATTEMPT, tries: { failures, notBefore: 0 }, failure: rejected }, HEALTHY, NOW);
    return verdict.next === 'retry' ? verdict.tries.notBefore - NOW : null;
  });
  expect(delays).toEqual([60_000, 300_000, 900_000, 3_600_000, 3_600_000]);
});

test('does not report a recovery while refused messages wait', () => {
  const failing = afterFailure(ATTEMPT, HEALTHY, NOW).health;
  expect(afterDelivery(failing, true, NOW)).toMatchObject({ hasRecovered: false, health: { failingSince: NOW } });
});

test('gives up on a message after a day, on a pop-up after a minute, and on a damaged message right away', () => {
  expect(afterFailure({ ...ATTEMPT, writtenAt: NOW - DAY + 1 }, HEALTHY, NOW).next).toBe('retry');
  expect(afterFailure({ ...ATTEMPT, writtenAt: NOW - DAY }, HEALTHY, NOW).next).toBe('give-up');
  expect(afterFailure({ ...ATTEMPT, channel: 'webhook', writtenAt: NOW - DAY }, HEALTHY, NOW).next).toBe('give-up');
  expect(afterFailure({ ...ATTEMPT, channel: 'desktop', writtenAt: NOW - 60_000 }, HEALTHY, NOW).next).toBe('give-up');
  const damaged: DeliveryFailure = { cause: 'unreadable', scope: 'message', message: 'damaged' };
  expect(afterFailure({ ...ATTEMPT, failure: damaged }, HEALTHY, NOW)).toMatchObject({
    next: 'give-up',
    health: HEALTHY,
  });
});
