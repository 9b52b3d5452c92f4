import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectKeeper } from '../../../src/fleet/hub/admin-connection.ts';
import { keptSubject } from '../../../src/fleet/contract/kept.ts';
import { ALL_STREAMS } from '../../../src/fleet/hub/role-templates.ts';
import { hostSubject } from '../../../src/fleet/contract/subjects.ts';
import { writeRow } from '../../../src/fleet/contract/row.ts';
import { readKept } from '../../../src/fleet/operator/read-kept.ts';
import type { Bus } from '../../../src/fleet/bus/connect-bus.ts';
import { fleetRow } from '../../support/fleet-rows.ts';
import { NatsHub } from '../../support/nats-hub.ts';

let hub: NatsHub;
let keeper: NatsConnection;
let host: NatsConnection;
const persons = new Map<'viewer' | 'operator' | 'admin', Bus>();
/** The requests that reached web-02. */
const requests: string[] = [];

beforeAll(async () => {
  hub = await NatsHub.start();
  keeper = (await connectKeeper(hub.content)).nats;
  host = (await hub.connect(await hub.credential('host', 'web-01', { site: 'eu' }))).nats;
  const other = (await hub.connect(await hub.credential('host', 'web-02', { site: 'eu' }))).nats;
  for (const role of ['viewer', 'operator', 'admin'] as const) {
    persons.set(role, await hub.connect(await hub.credential(role, role)));
  }
  for (const [nats, name] of [
    [host, 'web-01'],
    [other, 'web-02'],
  ] as const) {
    nats.publish(hostSubject('eu', name, 'row'), writeRow(fleetRow({ host: name })));
    nats.publish(hostSubject('eu', name, 'facts'), '{"keep":0}');
    await nats.flush();
  }
  other.subscribe('healer.v1.eu.web-02.rpc.>', { callback: (_error, { subject }) => void requests.push(subject) });
  await other.flush();
});

afterAll(async () => {
  await keeper.close();
  await hub[Symbol.asyncDispose]();
});

function person(role: 'viewer' | 'operator' | 'admin'): Bus {
  const bus = persons.get(role);
  if (bus === undefined) throw new Error(`no connection of the ${role}`);
  return bus;
}

/** Returns the first and last number of each stream, which change with every message and every purge. */
async function streams(): Promise<Readonly<Record<string, unknown>>> {
  const states = ALL_STREAMS.map(async (name) => {
    const answer = await keeper.request(`$JS.API.STREAM.INFO.${name}`, undefined, { timeout: 2000 });
    const { state, error } = answer.json<{ state?: { first_seq: number; last_seq: number }; error?: unknown }>();
    return [name, error ?? [state?.first_seq, state?.last_seq]] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

/**
 * The server publishes answers with all rights, to the subject that the sender of a request names. With it, a person who may
 * read could purge streams, or write rows, labels and requests of others.
 */
describe('the server delivers nothing for a person to', () => {
  test.each([
    'healer.v1.eu.web-02.row',
    'healer.v1.eu.web-02.rpc.operate.restart.admin',
    '$KV.healer_hosts.eu.web-02',
    '$JS.API.STREAM.PURGE.HEALER_FACTS',
    '$JS.API.STREAM.DELETE.HEALER_FACTS',
  ])('%s', async (target) => {
    const before = await streams();
    for (const [role, { nats }] of persons) {
      const filter = { last_by_subj: 'healer.v1.eu.web-01.facts' };
      const config = { deliver_subject: target, ack_policy: 'none', deliver_policy: 'all' };
      for (const [subject, body] of [
        ['$JS.API.DIRECT.GET.HEALER_FACTS', filter],
        ['$JS.API.CONSUMER.CREATE.HEALER_FACTS', { stream_name: 'HEALER_FACTS', config }],
        ['$JS.API.CONSUMER.MSG.NEXT.HEALER_FACTS.any', { batch: 1 }],
        ['$JS.API.STREAM.INFO.HEALER_FACTS', {}],
        ['$JS.API.INFO', {}],
        ['healer.v1.clock', {}],
        [keptSubject(role), { kind: 'facts', site: '*', host: '*' }],
        [`healer.v1.eu.web-03.rpc.read.list.${role}`, {}],
        ['$KV.healer_ops.x', {}],
      ] as const) {
        nats.publish(subject, JSON.stringify(body), { reply: target });
      }
      await nats.flush();
    }
    // A later request to the same parts of the server is answered after those.
    await readKept(person('viewer'), { kind: 'facts', site: '*', host: '*' }, () => undefined);
    expect(await streams()).toEqual(before);
    expect(requests).toEqual([]);
  });

  test('its acknowledgments of what persons and hosts publish', async () => {
    const target = '$JS.API.STREAM.PURGE.HEALER_FACTS';
    const facts = (await streams())['HEALER_FACTS'];
    for (const role of ['operator', 'admin'] as const) {
      person(role).nats.publish(`healer.v1.audit.${role}`, '{}', { reply: target });
      await person(role).nats.flush();
    }
    host.publish(hostSubject('eu', 'web-01', 'row'), 'x'.repeat(9000), { reply: target });
    host.publish(hostSubject('eu', 'web-01', 'ev'), '{}', { reply: target });
    await host.flush();
    await readKept(person('viewer'), { kind: 'facts', site: '*', host: '*' }, () => undefined);
    expect((await streams())['HEALER_FACTS']).toEqual(facts);
  });
});

test('a person reads what the hub keeps, and gets it into the own inbox only', async () => {
  const found: string[] = [];
  await readKept(person('viewer'), { kind: 'rows', site: 'eu', host: '*' }, ({ subject }) => {
    found.push(subject);
  });
  expect(found.sort()).toEqual(['healer.v1.eu.web-01.row', 'healer.v1.eu.web-02.row']);
  const received: unknown[] = [];
  const { nats } = person('admin');
  nats.subscribe('_INBOX.person.admin.stolen', { callback: (_error, message) => void received.push(message) });
  await nats.flush();
  const request = JSON.stringify({ kind: 'rows', site: '*', host: '*' });
  person('viewer').nats.publish(keptSubject('viewer'), request, { reply: '_INBOX.person.admin.stolen' });
  await person('viewer').nats.flush();
  await readKept(person('viewer'), { kind: 'facts', site: '*', host: '*' }, () => undefined);
  await nats.flush();
  expect(received).toEqual([]);
});

test('many requests of one person at once are refused, and later ones are answered', async () => {
  const viewer = person('viewer');
  const read = () => readKept(viewer, { kind: 'rows', site: '*', host: '*' }, () => undefined);
  const results = await Promise.allSettled(Array.from({ length: 200 }, read));
  const refused = results.filter((result) => result.status === 'rejected');
  expect(refused.length).toBeGreaterThan(0);
  expect(String(refused[0]?.reason)).toContain('too many requests');
  await read();
});
