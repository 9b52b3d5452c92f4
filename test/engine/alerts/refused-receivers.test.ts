import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ChannelQueue } from '../../../src/engine/alerts/channel-queue.ts';
import type { DeliveryFailure } from '../../../src/protocol/alert-delivery.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => vi.useRealTimers());

const MINUTE = 60_000;

/** The answer of a server that accepts some receivers and refuses others. */
function answer(accepted: readonly string[], refused: readonly string[]): DeliveryFailure {
  return {
    cause: 'rejected',
    scope: 'message',
    message: `cannot send mail to ${refused.join()}`,
    receivers: { accepted, refused: refused.map((address) => ({ address, answer: '550 no', isTemporary: false })) },
  };
}

interface Bench {
  readonly queue: ChannelQueue;
  /** File and skipped receivers of each attempt. */
  readonly attempts: string[];
  readonly events: string[];
}

function createBench(...receivers: readonly string[]): Bench {
  const [attempts, events]: [string[], string[]] = [[], []];
  const queue = new ChannelQueue('email', {
    now: () => Date.now(),
    deliver: (_channel, file, skip) => attempts.push(`${file} without ${skip.join()}`) > 0,
    remove: ({ file }) => events.push(`removed ${file}`),
    record: (kind, reason) => events.push(`${kind}: ${reason}`),
  });
  queue.setReceivers(receivers);
  return { queue, attempts, events };
}

const at = (file: string) => ({ file, writtenAt: Date.now() });

test('a refused receiver is retried with delays of its own, while others get each mail at once', () => {
  const { queue, attempts, events } = createBench('a', 'b');
  queue.add([at('1')]);
  queue.onReport('1', answer(['a'], ['b']));
  expect(events).toEqual(['alert-failed: cannot send mail to b; delivery is retried']);
  queue.add([at('2')]);
  queue.onReport('2', answer(['a'], []));
  expect(attempts).toEqual(['1 without ', '2 without b']);
  expect(queue.health).toMatchObject({ failingSince: 1_000_000, problem: 'mail to b is refused: 550 no' });
  vi.advanceTimersByTime(MINUTE);
  expect(attempts.slice(2)).toEqual(['1 without ']);
  queue.onReport('1', answer([], ['b']));
  // It is about the receiver, not about a message: the second one is not tried in its place.
  expect(attempts).toHaveLength(3);
  vi.advanceTimersByTime(5 * MINUTE);
  queue.onReport('1', null);
  queue.onReport('2', null);
  expect(attempts.slice(3)).toEqual(['1 without ', '2 without ']);
  expect(queue.waiting).toBe(0);
  expect(events.slice(1)).toEqual(['alerts-recovered: mail to b is accepted again']);
  expect(queue.health).toMatchObject({ failingSince: null, problem: null });
});

test('after a day, the mail to a refused receiver is given up, with an event', () => {
  const { queue, attempts, events } = createBench('a', 'b');
  queue.add([at('1')]);
  queue.onReport('1', answer(['a'], ['b']));
  for (let hour = 0; hour < 26; hour += 1) {
    vi.advanceTimersByTime(60 * MINUTE);
    queue.onReport('1', answer([], ['b']));
  }
  expect(attempts.length).toBeLessThan(30);
  expect(events.slice(1)).toEqual(['removed 1', 'alert-failed: gave up delivering an alert: cannot send mail to b']);
});

test('changed settings retry a refused receiver at once, and forget one that was removed', () => {
  const { queue, attempts } = createBench('a', 'b');
  queue.add([at('1')]);
  queue.onReport('1', answer(['a'], ['b']));
  queue.retryNow();
  expect(attempts).toHaveLength(2);
  queue.onReport('1', answer([], ['b']));
  queue.setReceivers(['a']);
  expect(queue.refused.size).toBe(0);
});

test('if all receivers are refused, nothing is sent until one of them is due', () => {
  const { queue, attempts } = createBench('a', 'b');
  queue.add([at('1')]);
  queue.onReport('1', answer([], ['a', 'b']));
  queue.add([at('2')]);
  vi.advanceTimersByTime(MINUTE - 1);
  expect(attempts).toEqual(['1 without ']);
  vi.advanceTimersByTime(1);
  expect(attempts).toEqual(['1 without ', '1 without ']);
});

const UNCONFIRMED: DeliveryFailure = { cause: 'unconfirmed', scope: 'channel', message: 'not confirmed' };

test('a message that the server did not confirm is sent again rarely, and others come first', () => {
  const { queue, attempts } = createBench('a');
  queue.add([at('1'), at('2')]);
  const times: number[] = [];
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    while (attempts.length > 0) {
      const [file = ''] = (attempts.shift() ?? '').split(' ');
      if (file === '1') times.push(minute);
      queue.onReport(file, file === '1' ? UNCONFIRMED : null);
    }
    vi.advanceTimersByTime(MINUTE);
  }
  expect(queue.waiting).toBe(1);
  expect(times.length).toBeLessThan(10);
  queue.add([at('3')]);
  expect(attempts.at(-1)).toBe('3 without ');
});

test('a message of an earlier engine gets an hour, however old its file seems to be', () => {
  const { queue, attempts, events } = createBench('a');
  const refused: DeliveryFailure = { cause: 'refused', scope: 'channel', message: 'connection refused' };
  queue.add([{ file: '1', writtenAt: Date.now() - 10 * 365 * 86_400_000 }]);
  queue.onReport('1', refused);
  expect(queue.waiting).toBe(1);
  for (let minute = 0; minute < 70; minute += 1) {
    vi.advanceTimersByTime(MINUTE);
    queue.onReport('1', refused);
  }
  expect(attempts.length).toBeGreaterThan(10);
  expect(events.at(-1)).toContain('gave up');
});

test('what a slow attempt waits for is shown until it ends', () => {
  const { queue } = createBench('a');
  queue.add([at('1')]);
  queue.onStage('waiting for the greeting of mail.example.com:25');
  expect(queue.stage).toBe('waiting for the greeting of mail.example.com:25');
  queue.onReport('1', null);
  expect(queue.stage).toBeNull();
});

test('a channel pauses for as long as its receiver asked, but not longer than ten minutes', () => {
  const { queue, attempts } = createBench();
  const busy: DeliveryFailure = { cause: 'temporary', scope: 'channel', message: 'busy', retryAfterMs: 45_000 };
  queue.add([at('1'), at('2')]);
  queue.onReport('1', busy);
  vi.advanceTimersByTime(44_999);
  expect(attempts).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(attempts).toHaveLength(2);
  queue.onReport('1', { ...busy, retryAfterMs: 86_400_000 });
  vi.advanceTimersByTime(600_000);
  expect(attempts).toHaveLength(3);
});
