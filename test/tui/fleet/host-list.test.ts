import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from '../../../src/fleet/contract/order-hosts.ts';
import type { WatchedHost } from '../../../src/fleet/contract/watched-host.ts';
import { HostList, needsAttention } from '../../../src/tui/fleet/host-list.ts';
import { watchedHost } from '../../support/watched-host.ts';

function names(list: HostList): string[] {
  return list.slice(0, list.shownCount).map(({ host }) => host);
}

test('hosts that need attention come first, the others in the order in which people count', () => {
  const list = new HostList();
  list.take([
    watchedHost('web-10'),
    watchedHost('web-2'),
    watchedHost('db-1', { presence: 'lost' }),
    watchedHost('db-2', {}, { counts: { failed: 1 } }),
    watchedHost('db-3', {}, { counts: { failed: 4 } }),
  ]);
  expect(names(list)).toEqual(['db-1', 'db-3', 'db-2', 'web-2', 'web-10']);
});

test('only hosts that need attention are shown on request, and the list follows changes', () => {
  const list = new HostList();
  list.take([
    watchedHost('web-1'),
    watchedHost('web-2', { presence: 'lost' }),
    watchedHost('web-3', { presence: 'left' }),
  ]);
  list.show(needsAttention);
  expect(names(list)).toEqual(['web-2']);
  list.take([watchedHost('web-1', {}, { unhealthy: 1 }), watchedHost('web-2')]);
  expect(names(list)).toEqual(['web-1']);
});

test('the tally counts programs of the hosts that are there', () => {
  const list = new HostList();
  list.take([
    watchedHost('web-1'),
    watchedHost('web-2', { presence: 'lost' }),
    watchedHost('web-3', { presence: 'never' }, null),
  ]);
  expect(list.tally).toMatchObject({ presences: { live: 1, lost: 1, never: 1 }, programs: 3 });
  list.take([watchedHost('web-2', {}, { counts: { running: 2, failed: 1 } })], ['eu.web-1']);
  expect(list.tally).toMatchObject({ presences: { live: 1, lost: 0 }, programs: 3, states: { running: 2, failed: 1 } });
});

test('whatever changes arrive, the list is the same as a sorted one', () => {
  const change = fc.record({
    name: fc.integer({ min: 0, max: 12 }),
    presence: fc.constantFrom('live' as const, 'late' as const, 'lost' as const, 'left' as const),
    failed: fc.integer({ min: 0, max: 2 }),
    isRemoved: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 20 }), { maxLength: 8 }), fc.boolean(), (batches, onlyBad) => {
      const list = new HostList();
      const known = new Map<string, WatchedHost>();
      if (onlyBad) list.show(needsAttention);
      for (const batch of batches) {
        const changed = new Map<string, WatchedHost>();
        const removed: string[] = [];
        for (const { name, presence, failed, isRemoved } of batch) {
          const host = watchedHost(
            `web-${name}`,
            { presence },
            { counts: { running: 1, failed }, programs: 1 + failed },
          );
          if (isRemoved) removed.push(host.key);
          else changed.set(host.key, host);
        }
        for (const key of removed) known.delete(key);
        for (const [key, host] of changed) known.set(key, host);
        list.take([...changed.values()], removed);
      }
      const expected = inOrder([...known.values()]).filter((host) => !onlyBad || needsAttention(host));
      expect(list.slice(0, list.shownCount)).toEqual(expected);
      for (const [index, { key }] of expected.entries()) expect(list.indexOf(key)).toBe(index);
      expect(Object.values(list.tally.presences).reduce((sum, count) => sum + count, 0)).toBe(known.size);
    }),
  );
});
