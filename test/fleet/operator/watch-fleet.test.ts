import { jetstreamManager } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { writeFacts, writeHostEntry } from '../../../src/fleet/contract/facts.ts';
import { hostKey } from '../../../src/fleet/contract/names.ts';
import { writeRow, type FleetRow } from '../../../src/fleet/contract/row.ts';
import { BUCKETS, hostSubject, STREAMS } from '../../../src/fleet/contract/subjects.ts';
import type { FleetChange, WatchedHost } from '../../../src/fleet/contract/watched-host.ts';
import { FleetWatch } from '../../../src/fleet/operator/watch-fleet.ts';
import { startBareBus } from '../../support/bare-bus.ts';
import { fleetFacts, fleetRow } from '../../support/fleet-rows.ts';
import { waitFor } from '../../support/wait-for.ts';

/** A watch whose reports are collected. */
function watch(nats: NatsConnection) {
  const changes: FleetChange[] = [];
  const hosts = new Map<string, WatchedHost>();
  const onChange = (change: FleetChange) => {
    changes.push(change);
    for (const host of change.hosts) hosts.set(host.key, host);
    for (const key of change.removed) hosts.delete(key);
  };
  const credential = { role: 'viewer', name: 'ann', site: '*', servers: [], ca: null, jwt: '', seed: '' } as const;
  const fleet = new FleetWatch({ nats, credential }, { onChange, intervalMs: 10 });
  fleet.start();
  return { changes, hosts, [Symbol.dispose]: () => fleet.close() };
}

function publishRow(nats: NatsConnection, row: Partial<FleetRow> = {}): void {
  const whole = fleetRow(row);
  nats.publish(hostSubject(whole.site, whole.host, 'row'), writeRow(whole));
}

test('the first report contains all hosts that the bus knows, with their facts and labels', async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  for (let at = 0; at < 1000; at += 1) publishRow(nats, { host: `web-${at}` });
  nats.publish(hostSubject('eu', 'web-7', 'facts'), writeFacts(fleetFacts({ host: 'web-7', labels: { role: 'db' } })));
  const entry = { site: 'eu', invitedAt: 1, invitedBy: 'ann', fencedAt: null };
  for (const [host, labels] of [
    ['web-7', { rack: 'r1' }],
    ['web-new', { role: 'web' }],
  ] as const) {
    const key = hostKey('eu', host);
    nats.publish(`$KV.${BUCKETS.hosts}.${key}`, writeHostEntry({ ...entry, host, labels }));
  }
  await nats.flush();
  using fleet = watch(await bus.connect());
  const first = await waitFor(() => fleet.changes[0], 'the first report');
  expect(first).toMatchObject({ full: true, bus: { is: 'connected' }, problems: [] });
  expect(first.hosts).toHaveLength(1001);
  expect(fleet.hosts.get('eu.web-7')).toMatchObject({ presence: 'live', labels: { role: 'db', rack: 'r1' } });
  expect(fleet.hosts.get('eu.web-new')).toMatchObject({ presence: 'never', row: null, labels: { role: 'web' } });
});

test('more hosts than fit into one message of the bus are read', { timeout: 180_000 }, async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  const count = 25_000;
  for (let at = 0; at < count; at += 1) {
    publishRow(nats, { host: `web-with-a-long-name-${at}` });
    if (at % 1000 === 0) await nats.flush();
  }
  await nats.flush();
  using fleet = watch(await bus.connect());
  // On a busy machine, a reading may take longer than a person waits for it, and is repeated.
  await waitFor(() => fleet.hosts.size === count, 'all hosts', 120_000);
  expect(fleet.hosts.get('eu.web-with-a-long-name-24999')?.row?.host).toBe('web-with-a-long-name-24999');
});

test('a later report contains only the hosts that changed', async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  for (const host of ['web-1', 'web-2']) publishRow(nats, { host });
  await nats.flush();
  using fleet = watch(await bus.connect());
  await waitFor(() => fleet.changes.length > 0, 'the first report');
  publishRow(nats, { host: 'web-1', seq: 2 });
  publishRow(nats, { host: 'web-2', seq: 2, counts: { failed: 3 } });
  await waitFor(() => fleet.hosts.get('eu.web-2')?.row?.counts.failed === 3, 'the change');
  expect(fleet.changes.slice(1).flatMap(({ hosts }) => hosts.map(({ host }) => host))).toEqual(['web-2']);
});

test('a row of another host, a large one and an invalid one harm only the host that sent them', async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  publishRow(nats, { host: 'web-1' });
  await nats.flush();
  using fleet = watch(await bus.connect());
  await waitFor(() => fleet.changes.length > 0, 'the first report');
  nats.publish(hostSubject('eu', 'liar', 'row'), writeRow(fleetRow({ host: 'web-1', seq: 99, counts: { failed: 9 } })));
  nats.publish(hostSubject('eu', 'loud', 'row'), 'x'.repeat(900_000));
  nats.publish(hostSubject('eu', 'odd', 'facts'), '{"host":"other"}');
  const problemOf = (host: string) => fleet.hosts.get(`eu.${host}`)?.problem ?? null;
  await waitFor(
    () => ['liar', 'loud', 'odd'].every((host) => problemOf(host) !== null),
    'the problems of all three hosts',
  );
  expect(problemOf('liar')).toBe('the row has an invalid field "host"');
  expect(problemOf('loud')).toBe('the row has 900000 bytes; at most 4096 are read');
  expect(problemOf('odd')).toBe('the message of facts has an invalid field "host"');
  expect(fleet.hosts.get('eu.web-1')).toMatchObject({ problem: null, row: { counts: { running: 3 } } });
});

test('a host that operators remove disappears', async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  const subject = `$KV.${BUCKETS.hosts}.${hostKey('eu', 'web-1')}`;
  const entry = { site: 'eu', host: 'web-1', labels: {}, invitedAt: 1, invitedBy: 'ann', fencedAt: null };
  nats.publish(subject, writeHostEntry(entry));
  await nats.flush();
  using fleet = watch(await bus.connect());
  await waitFor(() => fleet.hosts.has('eu.web-1'), 'the host');
  const removal = headers();
  removal.set('KV-Operation', 'DEL');
  nats.publish(subject, '', { headers: removal });
  await waitFor(() => !fleet.hosts.has('eu.web-1'), 'the removal');
});

test('while the bus is away, hosts stay as they were, and continue after its restart without flicker', async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  publishRow(nats, { host: 'web-1' });
  await nats.flush();
  using fleet = watch(await bus.connect());
  await waitFor(() => fleet.changes.length > 0, 'the first report');
  await bus.kill();
  await waitFor(() => fleet.changes.at(-1)?.bus.is === 'away', 'the loss of the bus');
  await bus.restart();
  await waitFor(() => fleet.changes.at(-1)?.bus.is === 'connected', 'the return of the bus');
  publishRow(nats, { host: 'web-1', seq: 2, counts: { failed: 1 } });
  await waitFor(() => fleet.hosts.get('eu.web-1')?.row?.counts.failed === 1, 'a new row');
  const presences = fleet.changes.flatMap(({ hosts }) => hosts.map(({ presence }) => presence));
  expect(new Set(presences)).toEqual(new Set(['live']));
});

test('without the streams of a fleet, the report says what cannot be read', async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  await nats.request(`$JS.API.STREAM.DELETE.HEALER_ROWS`, '');
  using fleet = watch(await bus.connect());
  await waitFor(
    () =>
      fleet.changes.some(({ problems }) => problems.some((text) => text.startsWith('cannot read the rows of hosts'))),
    'the problem',
  );
});

test('a part that could not be read is read again', async () => {
  await using bus = await startBareBus();
  const nats = await bus.connect();
  publishRow(nats, { host: 'web-1' });
  await nats.flush();
  const { streams } = await jetstreamManager(nats);
  const { config } = await streams.info(STREAMS.facts);
  await streams.delete(STREAMS.facts);
  using fleet = watch(await bus.connect());
  const first = await waitFor(() => fleet.changes[0], 'the first report');
  expect(first).toMatchObject({
    bus: { is: 'connected' },
    problems: [expect.stringContaining('cannot read the facts')],
  });
  await streams.add(config);
  await waitFor(() => fleet.changes.at(-1)?.problems.length === 0, 'the facts to be read');
  expect(fleet.hosts.get('eu.web-1')?.presence).toBe('live');
});
