import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChannelQueue, MAX_MESSAGES } from '../../../src/engine/alerts/channel-queue.ts';
import type { DeliveryFailure } from '../../../src/protocol/alert-delivery.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const REFUSED: DeliveryFailure = { cause: 'refused', scope: 'channel', message: 'connection refused' };
const REJECTED: DeliveryFailure = { cause: 'rejected', scope: 'message', message: 'no such user' };

interface Bench {
  readonly queue: ChannelQueue;
  readonly delivered: string[];
  readonly removed: string[];
  readonly recorded: string[];
  readonly add: (...files: readonly string[]) => void;
}

function createBench(): Bench {
  const [delivered, removed, recorded]: [string[], string[], string[]] = [[], [], []];
  const queue = new ChannelQueue('email', {
    now: () => Date.now(),
    deliver: (_channel, file) => delivered.push(file) > 0,
    remove: ({ file }) => removed.push(file),
    record: (kind) => recorded.push(kind),
  });
  const add = (...files: readonly string[]): void => queue.add(files.map((file) => ({ file, writtenAt: Date.now() })));
  return { queue, delivered, removed, recorded, add };
}

test('messages are delivered one after the other', () => {
  const { queue, delivered, add } = createBench();
  add('a', 'b');
  expect(delivered).toEqual(['a']);
  queue.onReport('a', null);
  expect(delivered).toEqual(['a', 'b']);
  queue.onReport('b', null);
  expect(queue.waiting).toBe(0);
  expect(queue.health.lastSentAt).toBe(1_000_000);
});

test('a late report of a previous attempt is not attributed to the current message', () => {
  const { queue, delivered, removed, add } = createBench();
  add('a', 'b');
  queue.resend();
  queue.onReport('a', null);
  queue.onReport('a', null);
  expect(delivered).toEqual(['a', 'a', 'b']);
  expect({ waiting: queue.waiting, removed }).toEqual({ waiting: 1, removed: [] });
});

test('an unreachable server delays all messages and is recorded once', () => {
  const { queue, delivered, recorded, add } = createBench();
  add('a', 'b');
  queue.onReport('a', REFUSED);
  expect(delivered).toEqual(['a']);
  vi.advanceTimersByTime(1_000);
  queue.onReport('a', REFUSED);
  vi.advanceTimersByTime(2_000);
  queue.onReport('a', null);
  queue.onReport('b', null);
  expect(delivered).toEqual(['a', 'a', 'a', 'b']);
  expect(recorded).toEqual(['alert-failed', 'alerts-recovered']);
});

test('a rejected message does not delay the others', () => {
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

test('after a day, delivery of a message is given up: it is removed, with an event', () => {
  const { queue, removed, recorded, add } = createBench();
  add('a');
  queue.onReport('a', REFUSED);
  vi.setSystemTime(1_000_000 + 86_400_000);
  vi.advanceTimersByTime(1_000);
  queue.onReport('a', REFUSED);
  expect({ waiting: queue.waiting, removed, recorded }).toEqual({
    waiting: 0,
    removed: ['a'],
    recorded: ['alert-failed', 'alert-failed'],
  });
});

test('if too many messages are waiting, the oldest are dropped, with an event', () => {
  const { queue, removed, recorded, add } = createBench();
  add('current');
  add(...Array.from({ length: MAX_MESSAGES + 2 }, (_, index) => `message ${index}`));
  expect(queue.waiting).toBe(MAX_MESSAGES + 1);
  expect({ removed, recorded }).toEqual({ removed: ['message 0', 'message 1'], recorded: ['alert-failed'] });
});

test('a message that is added twice is sent once', () => {
  const { queue, delivered, add } = createBench();
  add('a');
  add('a');
  queue.onReport('a', null);
  expect(delivered).toEqual(['a']);
});

test.each<[string, DeliveryFailure | null, readonly string[]]>([
  ['nothing has failed', null, ['a', 'b', 'c']],
  ['one message was rejected', REJECTED, ['a', 'b', 'c']],
  ['the server is unreachable', REFUSED, ['a']],
])('on exit all due messages are passed to the delivery worker, when %s', (_what, failure, expected) => {
  const { queue, delivered, add } = createBench();
  add('a', 'b', 'c');
  if (failure !== null) queue.onReport('a', failure);
  queue.handOver();
  expect([...new Set(delivered)]).toEqual(expected);
  if (failure === null) expect(delivered).toEqual(['a', 'b', 'c']);
});

test.each(['retryNow', 'resend'] as const)('%s sends a delayed message at once', (method) => {
  const { queue, delivered, add } = createBench();
  add('a');
  queue.onReport('a', REFUSED);
  queue[method]();
  expect(delivered).toEqual(['a', 'a']);
});

test('without a delivery worker a message waits for the next one', () => {
  const attempts: string[] = [];
  let isRunning = false;
  const queue = new ChannelQueue('email', {
    now: () => Date.now(),
    deliver: (_channel, file) => {
      attempts.push(file);
      return isRunning;
    },
    remove: () => undefined,
    record: () => undefined,
  });
  queue.add([{ file: 'a', writtenAt: 0 }]);
  isRunning = true;
  queue.resend();
  queue.onReport('a', null);
  expect({ attempts, waiting: queue.waiting }).toEqual({ attempts: ['a', 'a'], waiting: 0 });
});

test('after it is closed, no message is retried', () => {
  const { queue, delivered, add } = createBench();
  add('a');
  queue.onReport('a', REFUSED);
  queue.close();
  vi.advanceTimersByTime(600_000);
  expect(delivered).toEqual(['a']);
});

test.each([
  [REFUSED, 'connection refused; delivery is retried', { cause: 'refused', gaveUp: false, waiting: 1 }],
  [REJECTED, 'no such user; delivery is retried', { cause: 'rejected', gaveUp: false, waiting: 1 }],
  [
    { cause: 'unreadable', scope: 'message', message: 'damaged' } as const,
    'gave up delivering an alert: damaged',
    { cause: 'unreadable', gaveUp: true, waiting: 1 },
  ],
])('the failure %j is recorded as "%s"', (failure, reason, data) => {
  const events: unknown[] = [];
  const queue = new ChannelQueue('webhook', {
    now: () => Date.now(),
    deliver: () => true,
    remove: () => undefined,
    record: (...event) => events.push(event),
  });
  queue.add([{ file: 'a', writtenAt: Date.now() }]);
  queue.onReport('a', failure);
  queue.close();
  expect(events).toEqual([['alert-failed', reason, { channel: 'webhook', ...data }]]);
});

test('a recovery is recorded with the time of the first failure', () => {
  const events: unknown[] = [];
  const queue = new ChannelQueue('email', {
    now: () => Date.now(),
    deliver: () => true,
    remove: () => undefined,
    record: (...event) => events.push(event),
  });
  queue.add([{ file: 'a', writtenAt: Date.now() }]);
  queue.onReport('a', REFUSED);
  vi.advanceTimersByTime(1_000);
  queue.onReport('a', null);
  const data = { channel: 'email', failingSince: new Date(1_000_000).toISOString() };
  expect(events.at(-1)).toEqual(['alerts-recovered', 'alerts by email are being delivered again', data]);
});

test.each([
  ['back', -86_400_000],
  ['forward', 7 * 86_400_000],
])('a clock that is set %s neither delays a message nor makes it too old', (_how, byMs) => {
  let wallShiftMs = 0;
  const delivered: string[] = [];
  const recorded: string[] = [];
  const queue = new ChannelQueue('email', {
    now: () => Date.now() + wallShiftMs,
    steadyNow: () => Date.now(),
    deliver: (_channel, file) => delivered.push(file) > 0,
    remove: () => undefined,
    record: (kind, _reason, data) => recorded.push(`${kind} ${String(data['gaveUp'])}`),
  });
  queue.add([{ file: 'a', writtenAt: Date.now() }]);
  queue.onReport('a', REFUSED);
  wallShiftMs = byMs;
  vi.advanceTimersByTime(1_000);
  expect(delivered).toEqual(['a', 'a']);
  queue.onReport('a', REFUSED);
  vi.advanceTimersByTime(2_000);
  expect(delivered).toEqual(['a', 'a', 'a']);
  expect(recorded).toEqual(['alert-failed false']);
});
