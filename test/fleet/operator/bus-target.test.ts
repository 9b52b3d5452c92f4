import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../src/client/connection/connection.ts';
import { busTarget } from '../../../src/fleet/operator/bus-target.ts';
import { hostSubject } from '../../../src/fleet/contract/subjects.ts';
import type { SnapshotMessage } from '../../../src/protocol/snapshot.ts';
import { batchOf, logLine } from '../../support/fake-served-engine.ts';
import { FleetHostRoom, WEB } from '../../support/fleet-host-room.ts';
import { waitFor } from '../../support/wait-for.ts';

let room: FleetHostRoom;
const open: Connection[] = [];

beforeAll(async () => {
  room = await FleetHostRoom.open();
});

beforeEach(() => {
  room.engine.configure({ api: { requestsPerSecond: 100_000 } });
  room.engine.fake.putRow('web', { state: 'running' });
});

afterAll(async () => {
  for (const connection of open) connection.close();
  await room[Symbol.asyncDispose]();
});

async function connect(name = 'ann'): Promise<Connection> {
  const target = busTarget({ connectBus: () => room.operatorBus(name), ownsBus: true, wanted: WEB });
  const connection = await target.connect(new AbortController().signal);
  open.push(connection);
  return connection;
}

/** Applies messages as a viewer does. */
function tableOf(messages: readonly SnapshotMessage[]): Map<string, string> {
  const table = new Map<string, string>();
  for (const { full, rows, removed } of messages) {
    if (full) table.clear();
    for (const id of removed) table.delete(id);
    for (const row of rows) table.set(row.id, row.state);
  }
  return table;
}

describe('a host that is reached over the bus', () => {
  test('has the API of a local engine', async () => {
    const { api, hello } = await connect();
    expect(hello).toMatchObject({ instance: 'default', protocol: 1 });
    expect(await api.list({})).toMatchObject([{ id: 'web' }]);
    await api.restart({ id: 'web' });
    expect(room.calls('restart').at(-1)).toMatchObject({ params: { id: 'web' } });
  });

  test('that is not there is reported as such, with its age', async () => {
    const lost = { site: 'eu', host: 'gone' };
    const target = (wanted: { site: string | null; host: string }) =>
      busTarget({ connectBus: () => room.operatorBus(), ownsBus: true, wanted }).connect(new AbortController().signal);
    await expect(target(lost)).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    await expect(target({ site: null, host: 'gone' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    room.nats.publish(hostSubject('eu', 'gone', 'row'), '{}');
    await room.nats.flush();
    await expect(target({ site: null, host: 'gone' })).rejects.toThrow(/"gone" is lost \(last seen .* ago\)/);
    room.nats.publish(hostSubject('us', 'gone', 'row'), '{}');
    await room.nats.flush();
    await expect(target({ site: null, host: 'gone' })).rejects.toThrow('"fleet:eu/gone" or "fleet:us/gone"');
  });
});

describe('the live table', () => {
  test('is read once and then follows changes, published once for all viewers', async () => {
    const published: string[] = [];
    const watch = room.nats.subscribe(hostSubject(WEB.site, WEB.host, 'live'), {
      callback: (_error, { data }) => {
        published.push(new TextDecoder().decode(data));
      },
    });
    const seen: SnapshotMessage[][] = [[], [], []];
    const viewers = await Promise.all(seen.map((_messages, index) => connect(`viewer-${String(index)}`)));
    const streams = await Promise.all(
      viewers.map((viewer, index) => viewer.subscribe('snapshot', {}, (message) => seen[index]?.push(message))),
    );
    room.engine.fake.putRow('web', { state: 'stopped' });
    room.engine.fake.putRow('db', { state: 'running' });
    await waitFor(() => seen.every((messages) => tableOf(messages).get('web') === 'stopped'), 'the change');
    expect(seen.map((messages) => [...tableOf(messages)].sort())).toEqual(
      Array(3).fill([
        ['db', 'running'],
        ['web', 'stopped'],
      ]),
    );
    const about = (): number => published.filter((text) => text.includes('"stopped"')).length;
    await waitFor(() => about() > 0, 'the publication of the change');
    expect(about()).toBe(1);
    room.engine.fake.removeRow('db');
    await waitFor(() => seen.every((messages) => !tableOf(messages).has('db')), 'the removal');
    watch.unsubscribe();
    for (const stream of streams) await stream.close();
    for (const viewer of viewers) viewer.close();
  });

  test('is read again after a gap', async () => {
    const messages: SnapshotMessage[] = [];
    const viewer = await connect();
    await viewer.subscribe('snapshot', {}, (message) => messages.push(message));
    const fulls = (): number => messages.filter(({ full }) => full).length;
    expect(fulls()).toBe(1);
    const last = { epoch: 'other', rev: 7, change: { ...messages[0], full: false, rows: [], removed: [] } };
    room.nats.publish(hostSubject(WEB.site, WEB.host, 'live'), JSON.stringify(last));
    await waitFor(() => fulls() === 2, 'the whole table again');
    for (const text of ['nonsense', '{"rev":"x"}', 'null', '{"epoch":"e","rev":1,"change":{"rows":5}}']) {
      room.nats.publish(hostSubject(WEB.site, WEB.host, 'live'), text);
    }
    room.engine.fake.putRow('web', { state: 'failed' });
    await waitFor(() => tableOf(messages).get('web') === 'failed', 'a later change');
    viewer.close();
  });

  test('ends for viewers when the engine ends, so that they connect again', async () => {
    const viewer = await connect();
    await viewer.subscribe('snapshot', {}, () => undefined);
    await room.responder.close();
    expect(await viewer.closed).toMatchObject({ name: 'HealerError' });
    room.responder = room.respond(await room.bus.connect());
    const again = await connect();
    await again.subscribe('snapshot', {}, () => undefined);
    again.close();
  });
});

describe('events and logs', () => {
  test('follow from now on, or from a number, without gaps and doubles', async () => {
    const viewer = await connect();
    const seqs: number[] = [];
    room.engine.fake.putEvents(3);
    await viewer.subscribe('events', {}, ({ events }) => seqs.push(...events.map(({ seq }) => seq)));
    for (let count = 0; count < 20; count++) {
      room.engine.fake.putEvents(7);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await waitFor(() => seqs.length >= 140, 'all events');
    expect(seqs).toEqual(Array.from({ length: 140 }, (_, index) => index + 4));
    viewer.close();
  });

  test('a log is followed with its cursor', async () => {
    const viewer = await connect();
    const lines: string[] = [];
    const { follows } = room.engine.fake;
    const following = viewer.subscribe('log', { id: 'web', tail: 1 }, (message) =>
      lines.push(...message.lines.map(({ text }) => text)),
    );
    await waitFor(() => follows.length === 1, 'the first request');
    await follows[0]?.onBatch(batchOf(logLine('one')));
    await following;
    await waitFor(() => follows.length === 2, 'the second request');
    await follows[1]?.onBatch(batchOf(logLine('two')));
    await waitFor(() => lines.length === 2, 'both lines');
    expect(lines).toEqual(['one', 'two']);
    viewer.close();
    await expect(viewer.api.status({})).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    const other = await connect();
    await expect(other.subscribe('log', { id: 'nothing' }, () => undefined)).rejects.toMatchObject({
      code: 'PROCESS_NOT_FOUND',
    });
    other.close();
  });
});
