import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FactsPublisher } from '../../../src/fleet/agent/facts-publisher.ts';
import type { OwnFacts } from '../../../src/fleet/agent/host-facts.ts';
import { fleetFacts } from '../../support/fleet-rows.ts';

const LOOK_MS = 1000;

let facts: OwnFacts | null;
let isConnected: boolean;
let published: { readonly role: string | undefined; readonly at: number }[];
let publisher: FactsPublisher;
let unsure: number;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  [facts, isConnected, published] = [fleetFacts({ labels: { role: 'web' } }), true, []];
  unsure = 0;
  publisher = new FactsPublisher({
    read: () => Promise.resolve(facts),
    publish: ({ labels }) => {
      if (isConnected) published.push({ role: labels['role'], at: Date.now() / LOOK_MS });
      return isConnected;
    },
    onUnsure: () => (unsure += 1),
    lookMs: LOOK_MS,
  });
});

afterEach(() => {
  publisher.close();
  vi.useRealTimers();
});

const looks = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * LOOK_MS);
const times = (): number[] => published.map(({ at }) => at);

test('facts are published at each connection, and repeated less and less often', async () => {
  publisher.connected();
  await looks(130);
  expect(times()).toEqual([0, 1, 2, 4, 8, 16, 32, 60, 64, 120, 128]);
  publisher.connected();
  await looks(0);
  expect(times().at(-1)).toBe(130);
});

test('facts that the hub has kept are not repeated until long afterwards', async () => {
  publisher.connected();
  await looks(0);
  publisher.keptSince(performance.now() - 60_000);
  await looks(130);
  expect(times()).toEqual([0, 60, 120]);
});

test('facts that were published before the hub kept them are published once more', async () => {
  publisher.connected();
  await looks(3);
  publisher.keptSince(performance.now() - LOOK_MS);
  await looks(0);
  expect(times()).toEqual([0, 1, 2, 3]);
  publisher.keptSince(performance.now() - 2 * LOOK_MS);
  await looks(50);
  expect(times()).toEqual([0, 1, 2, 3]);
});

test('a new connection knows nothing of what the hub has kept', async () => {
  publisher.connected();
  await looks(0);
  publisher.keptSince(performance.now() - 60_000);
  await looks(10);
  publisher.connected();
  await looks(4);
  expect(times()).toEqual([0, 10, 11, 12, 14]);
  expect(unsure).toBe(3);
});

test('a change is published at the next look, and repeated', async () => {
  publisher.connected();
  await looks(3);
  facts = fleetFacts({ labels: { role: 'db' } });
  publisher.look();
  await looks(4);
  expect(published.filter(({ role }) => role === 'db').map(({ at }) => at)).toEqual([3, 4, 5, 7]);
});

test('a change while the hub is away is published when the host connects', async () => {
  publisher.connected();
  await looks(5);
  [isConnected, facts] = [false, fleetFacts({ labels: { role: 'db' } })];
  await looks(5);
  expect(published.map(({ role }) => role)).not.toContain('db');
  isConnected = true;
  publisher.connected();
  await looks(0);
  expect(published.at(-1)).toEqual({ role: 'db', at: 10 });
});

test('nothing is published until the facts are known', async () => {
  facts = null;
  publisher.connected();
  await looks(5);
  expect(published).toEqual([]);
  facts = fleetFacts({ labels: { role: 'web' } });
  await looks(1);
  expect(times()).toEqual([6]);
});

test('a look during another one looks once more, so that the last change counts', async () => {
  const waiting: ((facts: OwnFacts) => void)[] = [];
  publisher.close();
  publisher = new FactsPublisher({
    read: () => new Promise((resolve) => waiting.push(resolve)),
    publish: ({ labels }) => published.push({ role: labels['role'], at: 0 }) > 0,
  });
  publisher.connected();
  publisher.look();
  publisher.look();
  expect(waiting).toHaveLength(1);
  waiting[0]?.(fleetFacts({ labels: { role: 'old' } }));
  await looks(0);
  waiting[1]?.(fleetFacts({ labels: { role: 'new' } }));
  await looks(0);
  expect(waiting).toHaveLength(2);
  expect(published.map(({ role }) => role)).toEqual(['old', 'new']);
});
