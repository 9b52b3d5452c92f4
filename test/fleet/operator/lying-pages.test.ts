import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection } from '../../../src/client/connection/connection.ts';
import { writeRow } from '../../../src/fleet/contract/row.ts';
import { hostSubject } from '../../../src/fleet/contract/subjects.ts';
import { busTarget } from '../../../src/fleet/operator/bus-target.ts';
import { PROTOCOL_VERSION } from '../../../src/protocol/protocol-version.ts';
import { fleetRow } from '../../support/fleet-rows.ts';
import { NatsHub } from '../../support/nats-hub.ts';
import { waitFor } from '../../support/wait-for.ts';

const LIAR = { site: 'default', host: 'web-02' };

let hub: NatsHub;
let connection: Connection;
/** The answers of the host, by method. */
let answers: Record<string, unknown>;
let asked: string[];

beforeEach(async () => {
  asked = [];
  answers = { hello: { protocol: PROTOCOL_VERSION, version: '0.1.0', instance: 'default', pid: 1 } };
  hub = await NatsHub.start();
  const liar = await hub.connect(await hub.credential('host', LIAR.host));
  liar.nats.subscribe(`healer.v1.default.${LIAR.host}.rpc.>`, {
    callback: (_error, message) => {
      const method = message.subject.split('.')[6] ?? '';
      asked.push(method);
      message.respond(JSON.stringify({ result: answers[method] }));
    },
  });
  liar.nats.publish(hostSubject(LIAR.site, LIAR.host, 'row'), writeRow(fleetRow({ ...LIAR, at: Date.now() })));
  await liar.nats.flush();
  const credential = await hub.credential('admin', 'ann');
  const target = busTarget({ connectBus: () => hub.connect(credential), ownsBus: false, wanted: LIAR });
  connection = await target.connect(new AbortController().signal);
});

afterEach(async () => {
  connection.close();
  await hub[Symbol.asyncDispose]();
});

const table = (fields: object) => ({ epoch: 'abcd', rev: 1, status: null, rows: [], more: true, ...fields });

test.each([
  ['the same page again and again', { rows: [{ id: 'a' }] }],
  ['pages without rows', {}],
])('a table of %s is refused', async (_what, fields) => {
  answers['subscribeSnapshot'] = table(fields);
  await expect(connection.subscribe('snapshot', {}, () => undefined)).rejects.toThrow(/not its table of programs/);
  expect(asked.filter((method) => method === 'subscribeSnapshot').length).toBeLessThan(5);
});

test('a host that has no events, and says so at once, is asked a few times a second', async () => {
  answers['subscribeEvents'] = { events: [], missed: 0, afterSeq: 1 };
  await connection.subscribe('events', { afterSeq: 1 }, () => undefined);
  const count = (): number => asked.filter((method) => method === 'subscribeEvents').length;
  await waitFor(() => count() >= 2, 'the host to be asked again');
  const before = count();
  await wait(1000);
  expect(count() - before).toBeLessThanOrEqual(5);
});
