import { describe, expect, test } from 'vitest';
import {
  type AlertQueue,
  addAlertsFor,
  emptyAlertQueue,
  nextReleaseMs,
  type Outgoing,
  putBack,
  release,
} from '../../../src/policy/alerts/alert-queue.ts';
import type { EngineEvent } from '../../../src/protocol/engine-event.ts';
import { crash } from '../../support/alerts.ts';
import { START } from '../../support/programs.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const T = START.wall;

function queueOf(events: readonly EngineEvent[], atMs = 0, queue = emptyAlertQueue(0)): AlertQueue {
  return addAlertsFor(queue, events, {
    subjectOf: (name) => ({ name, notify: 'all' }),
    rateLimitMs: MINUTE,
    nowMs: T + atMs,
  });
}

function crashes(count: number, atMs = 0, from = 0): EngineEvent[] {
  return Array.from({ length: count }, (_, index) => crash(from + index + 1, `p${String(from + index)}`, T + atMs));
}

function formsOf(outgoing: readonly Outgoing[]): string[] {
  return outgoing.map((out) => (out.form === 'alert' ? 'alert' : `digest of ${String(out.alerts.length)}`));
}

describe('an alert waits', () => {
  test.each([
    [0, []],
    [99, []],
    [100, ['alert']],
    [101, ['alert']],
  ])('100 ms before it is released: after %i ms %j', (ms, expected) => {
    const released = release(queueOf(crashes(1)), MINUTE, T + ms);
    expect(formsOf(released.outgoing)).toEqual(expected);
    expect(released.queue.waiting).toHaveLength(1 - expected.length);
  });

  test.each([
    [0, 100],
    [60, 40],
    [100, 0],
    [500, 0],
    // The clock was set back by more than the longest wait of an alert.
    [-60_001, 0],
    [-60_000, 60_100],
  ])('for the remaining time: after %i ms, %i ms', (ms, expected) => {
    expect(nextReleaseMs(queueOf(crashes(1)), T + ms)).toBe(expected);
  });

  test('only if there is one: an empty queue has no next release', () => {
    expect(nextReleaseMs(emptyAlertQueue(0), T)).toBeNull();
  });
});

describe('a response joins the alert about its fault', () => {
  const restarted = (atMs: number, process = 'p0'): EngineEvent =>
    crash(2, process, T + atMs, { kind: 'restarted', pid: 5, reason: 'restarted' });

  test.each<[string, EngineEvent, readonly string[]]>([
    ['of the same program', restarted(50), ['restarted as pid 5']],
    ['but not of another program', restarted(50, 'p9'), []],
  ])('%s', (_what, event, done) => {
    const [entry] = queueOf([event], 50, queueOf(crashes(1))).waiting;
    expect(entry?.alert.done).toEqual(done);
  });

  test('once, even if it repeats', () => {
    const first = queueOf([restarted(10)], 10, queueOf(crashes(1)));
    const again = queueOf([{ ...restarted(20), seq: 3 }], 20, first);
    expect(again.waiting[0]?.alert.done).toEqual(['restarted as pid 5']);
  });

  test('unless it repeats the reason of the alert', () => {
    const same = crash(2, 'p0', T, { kind: 'exited', reason: crash(1, 'p0', T).reason });
    expect(queueOf([same], 0, queueOf(crashes(1))).waiting[0]?.alert.done).toEqual([]);
  });

  test.each([
    [99, 0],
    [100, 1],
  ])('so that observe mode causes a separate alert only after 100 ms: after %i ms %i', (ms, alerts) => {
    const would = crash(2, 'p0', T + ms, { kind: 'would-restart', reason: 'would have restarted' });
    const queue = { ...queueOf(crashes(1)), waiting: [] };
    expect(queueOf([would], ms, queue).waiting).toHaveLength(alerts);
  });
});

describe('a storm', () => {
  test.each([
    [10, Array.from({ length: 10 }, () => 'alert')],
    [11, ['digest of 11']],
  ])('of %i programs within a minute: %j', (count, expected) => {
    expect(formsOf(release(queueOf(crashes(count)), MINUTE, T + 100).outgoing)).toEqual(expected);
  });

  test.each([
    [59_999, ['digest of 2']],
    [60_000, ['alert', 'alert']],
  ])('counts programs that failed up to a minute ago: after %i ms two more are sent as %j', (ms, expected) => {
    const nine = { ...queueOf(crashes(9)), waiting: [] };
    const eleven = queueOf(crashes(2, ms - 100, 9), ms - 100, nine);
    expect(formsOf(release(eleven, MINUTE, T + ms).outgoing)).toEqual(expected);
  });

  test.each([
    [1, 5_000],
    [2, 15_000],
    [3, 30_000],
    [4, 60_000],
    [5, 60_000],
  ])('sends a digest after digest number %i only after %i ms', (digests, gapMs) => {
    const queue: AlertQueue = { ...queueOf(crashes(2, 0), 0), storm: { digests, lastAt: T } };
    expect(formsOf(release(queue, MINUTE, T + gapMs - 1).outgoing)).toEqual([]);
    expect(nextReleaseMs(queue, T + gapMs - 1)).toBe(1);
    expect(formsOf(release(queue, MINUTE, T + gapMs).outgoing)).toEqual(['digest of 2']);
    expect(release(queue, MINUTE, T + gapMs).queue.storm).toEqual({ digests: digests + 1, lastAt: T + gapMs });
  });

  test.each([
    [299_999, true],
    [300_000, false],
  ])('continues %i ms after its last digest: %s', (ms, goesOn) => {
    const queue: AlertQueue = { ...emptyAlertQueue(0), storm: { digests: 1, lastAt: T } };
    expect(release(queue, MINUTE, T + ms).queue.storm !== null).toBe(goesOn);
  });

  test('is not prolonged by a single alert', () => {
    const storm = { digests: 2, lastAt: T };
    const queue: AlertQueue = { ...queueOf(crashes(1, 20_000), 20_000), storm };
    const released = release(queue, MINUTE, T + 20_100);
    expect(formsOf(released.outgoing)).toEqual(['alert']);
    expect(released.queue.storm).toEqual(storm);
  });
});

describe('the queue', () => {
  test.each([
    ['accepts an event that is almost a day old', DAY - 1, 1],
    ['ignores an event that is a day old', DAY, 0],
    ['accepts an event from the future, since the clock was set back', -1, 1],
  ])('%s', (_what, ageMs, waiting) => {
    const queue = queueOf(crashes(1, -ageMs));
    expect(queue.waiting).toHaveLength(waiting);
    expect(queue.lastSeq).toBe(1);
  });

  test.each([
    [1_999, 1_999],
    [2_000, 2_000],
    [2_001, 2_000],
  ])('given %i alerts, holds %i', (count, held) => {
    expect(queueOf(crashes(count)).waiting).toHaveLength(held);
  });

  test.each([
    [6, 0],
    [7, 0],
    [8, 1],
  ])('ignores events up to number 7: event %i is considered %i times', (seq, count) => {
    expect(queueOf([crash(seq, 'web', T)], 0, emptyAlertQueue(7)).waiting).toHaveLength(count);
  });

  test('puts alerts that could not be written back at the front, and retries them later', () => {
    const { outgoing, queue } = release(queueOf(crashes(12)), MINUTE, T + 100);
    const again = putBack(queueOf(crashes(1, 100, 50), 100, queue), outgoing, 5_000, T + 100);
    expect(again.waiting.map(({ alert }) => alert.process)).toEqual([
      ...Array.from({ length: 12 }, (_, index) => `p${String(index)}`),
      'p50',
    ]);
    expect(again.waiting[0]?.readyAt).toBe(T + 5_100);
  });

  test('puts no more alerts back than it may hold', () => {
    const { outgoing, queue } = release(queueOf(crashes(12)), MINUTE, T + 100);
    const full = queueOf(crashes(1_995, 100, 50), 100, queue);
    expect(putBack(full, outgoing, 5_000, T + 100).waiting).toHaveLength(2_000);
  });
});
