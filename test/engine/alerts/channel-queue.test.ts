import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChannelQueue, MAX_MESSAGES } from '../../../src/engine/alerts/channel-queue.ts';
import type { DeliveryFailure } from '../../../src/protocol/alert-delivery.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const REFUSED: DeliveryFailure = { cause: 'refused', scope: 'channel', message: 'nothing listens there' };
const REJECTED: DeliveryFailure = { cause: 'rejected', scope: 'message', message: 'no such user' };

interface Bench {
  readonly queue: ChannelQueue;
  readonly delivered: string[];
  readonly removed: string[];
  readonly told: string[];
  readonly add: (...files: readonly string[]) => void;
}

function createBench(): Bench {
  const [delivered, removed, told]: [string[], string[], string[]] = [[], [], []];
  const queue = new ChannelQueue('email', {
    now: () => Date.now(),
    deliver: (_channel, file) => delivered.push(file) > 0,
    remove: ({ file }) => removed.push(file),
    tell: (kind) => told.push(kind),
  });
  const add = (...files: readonly string[]): void => queue.add(files.map((file) => ({ file, writtenAt: Date.now() })));
  return { queue, delivered, removed, told, add };
}

test('messages go out one after the other', () => {
  const { queue, delivered, add } = createBench();
  add('a', 'b');
  expect(delivered).toEqual(['a']);
  queue.onReport('a', null);
  expect(delivered).toEqual(['a', 'b']);
  queue.onReport('b', null);
  expect(queue.waiting).toBe(0);
  expect(queue.health.lastSentAt).toBe(1_000_000);
});

test('a report of a message that is no longer in hand says nothing of the one that is', () => {
  const { queue, delivered, removed, add } = createBench();
  add('a', 'b');
  queue.startOver();
  queue.onReport('a', null);
  queue.onReport('a', null);
  expect(delivered).toEqual(['a', 'a', 'b']);
  expect({ waiting: queue.waiting, removed }).toEqual({ waiting: 1, removed: [] });
});

test('a server that is not there makes all messages wait, and is news once', () => {
  const { queue, delivered, told, add } = createBench();
  add('a', 'b');
  queue.onReport('a', REFUSED);
  expect(delivered).toEqual(['a']);
  vi.advanceTimersByTime(1_000);
  queue.onReport('a', REFUSED);
  vi.advanceTimersByTime(2_000);
  queue.onReport('a', null);
  queue.onReport('b', null);
  expect(delivered).toEqual(['a', 'a', 'a', 'b']);
  expect(told).toEqual(['alert-failed', 'alerts-recovered']);
});

test('a message that is rejected lets the others pass', () => {
  const { queue, delivered, add } = createBench();
  add('a', 'b');
  queue.onReport('a', REJECTED);
  queue.onReport('b', null);
  expect(delivered).toEqual(['a', 'b']);
  expect(queue.health).toMatchObject({ failingSince: 1_000_000, lastSentAt: 1_000_000 });
  vi.advanceTimersByTime(60_000);
  queue.onReport('a', null);
  expect(queue.health.failingSince).toBeNull();
});

test('after a day a message is given up and removed, with an event', () => {
  const { queue, removed, told, add } = createBench();
  add('a');
  queue.onReport('a', REFUSED);
  vi.setSystemTime(1_000_000 + 86_400_000);
  vi.advanceTimersByTime(1_000);
  queue.onReport('a', REFUSED);
  expect({ waiting: queue.waiting, removed, told }).toEqual({
    waiting: 0,
    removed: ['a'],
    told: ['alert-failed', 'alert-failed'],
  });
});

test('of more messages than may wait the oldest go, and are counted', () => {
  const { queue, removed, told, add } = createBench();
  add('in hand');
  add(...Array.from({ length: MAX_MESSAGES + 2 }, (_, index) => `message ${index}`));
  expect(queue.waiting).toBe(MAX_MESSAGES + 1);
  expect({ removed, told }).toEqual({ removed: ['message 0', 'message 1'], told: ['alert-failed'] });
});

test('messages that are told again are not sent again', () => {
  const { queue, delivered, add } = createBench();
  add('a');
  add('a');
  queue.onReport('a', null);
  expect(delivered).toEqual(['a']);
});
