import { createServer, type Server, type Socket } from 'node:net';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PACKAGE_VERSION } from '../../../src/base/package-version.ts';
import type { Connection } from '../../../src/client/connection/connection.ts';
import { HostAgent } from '../../../src/fleet/agent/host-agent.ts';
import { RpcResponder } from '../../../src/fleet/agent/rpc-responder.ts';
import { hostCredentialFile, writeCredential } from '../../../src/fleet/bus/credential.ts';
import { writeRow } from '../../../src/fleet/contract/row.ts';
import { allRequestsTo, hostSubject, parseSubject, rpcSubject } from '../../../src/fleet/contract/subjects.ts';
import { busTarget } from '../../../src/fleet/operator/bus-target.ts';
import { FleetWatch } from '../../../src/fleet/operator/watch-fleet.ts';
import { PROTOCOL_VERSION } from '../../../src/protocol/protocol-version.ts';
import { fleetFacts, fleetRow } from '../../support/fleet-rows.ts';
import { FleetHostRoom, WEB } from '../../support/fleet-host-room.ts';
import { NatsHub } from '../../support/nats-hub.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { waitFor } from '../../support/wait-for.ts';

const EARLIER = '0.0.9';
const OTHER = { site: 'eu', host: 'other-01' };

let room: FleetHostRoom;
const open: Connection[] = [];

beforeEach(async () => {
  room = await FleetHostRoom.open();
  room.engine.configure({ api: { requestsPerSecond: 100_000 } });
});

afterEach(async () => {
  for (const connection of open.splice(0)) connection.close();
  await room[Symbol.asyncDispose]();
});

/** Answers requests to a host as the agent of another version does. */
async function hostAnswers(answer: (method: string, params: Record<string, unknown>) => unknown): Promise<void> {
  const nats = await room.bus.connect();
  nats.subscribe(allRequestsTo(OTHER.site, OTHER.host), {
    callback: (_error, message) => {
      const request = parseSubject(message.subject);
      if (request?.kind !== 'rpc') return;
      const params = JSON.parse(message.string()) as Record<string, unknown>;
      message.respond(JSON.stringify(answer(request.method, params)));
    },
  });
  await nats.flush();
}

async function connectTo(wanted: { site: string; host: string }): Promise<Connection> {
  const target = busTarget({ connectBus: () => room.operatorBus(), ownsBus: true, wanted });
  const connection = await target.connect(new AbortController().signal);
  open.push(connection);
  return connection;
}

const refusal = (message: string, code: string): unknown => ({
  error: { code: -32_000, message, data: { code, host: OTHER.host, hostVersion: EARLIER } },
});

describe('a host of an earlier version', () => {
  beforeEach(() =>
    hostAnswers((method, params) => {
      if (method === 'hello') {
        return { result: { protocol: PROTOCOL_VERSION, version: EARLIER, instance: 'default', pid: 7 } };
      }
      if (method === 'list') return { result: [{ id: 'web', state: 'running' }] };
      if ('rolling' in params) {
        return refusal(`invalid parameters for "${method}": Unrecognized key: "rolling"`, 'INVALID_CONFIG');
      }
      return refusal(`unknown method "${method}"`, 'INTERNAL');
    }),
  );

  test('is read, and what it does not know is named with both versions', async () => {
    const { api, hello } = await connectTo(OTHER);
    expect(hello.version).toBe(EARLIER);
    expect(await api.list({})).toEqual([{ id: 'web', state: 'running' }]);
    const both = `"other-01" (healer ${EARLIER}) does not know`;
    await expect(api.events({ limit: 1 })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining(`${both} the request "events" of healer ${PACKAGE_VERSION}`),
    });
    await expect(api.restart({ id: 'web', rolling: true } as { id: string })).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining(`${both} "rolling" in the request "restart"`),
    });
  });
});

describe('a host of a later version', () => {
  test('is read: unknown fields of its answers do not matter', async () => {
    await hostAnswers((method) => {
      if (method === 'hello') {
        const fields = { protocol: PROTOCOL_VERSION, version: '9.0.0', instance: 'default', pid: 7, zone: 'b' };
        return { result: fields, cost: 3 };
      }
      return { result: [{ id: 'web', state: 'hibernating', dream: { depth: 2 } }], cost: 3 };
    });
    const { api, hello } = await connectTo(OTHER);
    expect(hello.version).toBe('9.0.0');
    expect(await api.list({})).toMatchObject([{ id: 'web', state: 'hibernating' }]);
  });

  test('is shown: unknown fields and states in its rows and facts do not matter', async () => {
    const row = JSON.parse(writeRow(fleetRow({ ...OTHER, seq: 1, at: Date.now() }))) as object;
    const wire = { ...row, ver: '9.0.0', proto: 9, counts: { running: 1, hibernating: 2 }, zone: 'b' };
    const worst = [{ id: 'api', state: 'hibernating' }];
    room.nats.publish(hostSubject(OTHER.site, OTHER.host, 'row'), JSON.stringify({ ...wire, worst }));
    const facts = { ...fleetFacts({ ...OTHER, labels: { role: 'web' } }), allow: 'observe', zone: 'b' };
    room.nats.publish(hostSubject(OTHER.site, OTHER.host, 'facts'), JSON.stringify(facts));
    await room.nats.flush();
    const watch = new FleetWatch(await room.operatorBus(), { onChange: () => undefined });
    watch.start();
    try {
      await waitFor(() => watch.hosts()[0]?.facts !== undefined, 'the host');
      expect(await waitFor(() => watch.hosts().find(({ row: read }) => read !== null), 'its row')).toMatchObject({
        ...OTHER,
        presence: 'live',
        problem: null,
        labels: { role: 'web' },
        row: { version: '9.0.0', protocol: 9, programs: 3, counts: { running: 1 }, worst: [] },
        facts: { allow: 'read' },
      });
    } finally {
      watch.close();
    }
  });
});

describe('an operator of a later version', () => {
  test.each(['read', 'operate', 'admin'] as const)(
    'who sends an unknown request (%s) learns what the host does not know, and its version',
    async (access) => {
      const answer = await room.send({ access, method: 'levitate', params: { id: 'web' } });
      expect(answer.error).toMatchObject({
        message: expect.stringContaining('"levitate"'),
        data: { host: WEB.host, hostVersion: PACKAGE_VERSION, refusal: expect.stringContaining('unknown method') },
      });
      expect(room.engine.fake.calls.some((call) => (call.method as string) === 'levitate')).toBe(false);
    },
  );

  test('who sends an unknown parameter learns which, and nothing is performed', async () => {
    const answer = await room.send({ method: 'restart', params: { id: 'web', gently: true } });
    expect(answer.error?.message).toContain('"gently"');
    expect(answer.error?.data).toMatchObject({ hostVersion: PACKAGE_VERSION });
    expect(room.calls('restart')).toEqual([]);
  });

  test('who speaks another version of the bus protocol is not heard', async () => {
    const subject = rpcSubject(WEB.site, WEB.host, 'read', 'list', 'ann').replace('healer.v1.', 'healer.v2.');
    await expect(room.nats.request(subject, '{}', { timeout: 20_000 })).rejects.toThrow('no responders');
  });
});

/** An engine of another version, which answers a few requests. */
async function startEngine(answers: Readonly<Record<string, unknown>>): Promise<{ server: Server; path: string }> {
  const path = join(mkdtempSync(join(tmpdir(), 'healer-skew-')), 'engine.sock');
  const serve = (socket: Socket): void => {
    socket.on('error', () => socket.destroy());
    createInterface({ input: socket }).on('line', (line) => {
      const { id, method } = JSON.parse(line) as { id: number; method: string };
      const known = Object.hasOwn(answers, method);
      const error = { code: -32_601, message: `unknown method "${method}"`, data: { code: 'INTERNAL' } };
      socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...(known ? { result: answers[method] } : { error }) })}\n`);
    });
  };
  const server = createServer(serve);
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return { server, path };
}

test.each([
  ['earlier', EARLIER, {}],
  ['later', '9.0.0', { moods: { good: 1 } }],
])('the agent shows and asks an engine of a version that is %s', { timeout: 60_000 }, async (_which, version, more) => {
  const hello = { protocol: PROTOCOL_VERSION, version, instance: 'default', pid: process.pid, ...more };
  const status = {
    ...{ instance: 'default', pid: process.pid, version, startedAt: new Date().toISOString(), uptimeMs: 1 },
    ...{ counts: { total: 2, running: 1, hibernating: 1 }, health: { healthy: 0, unhealthy: 0, unknown: 2 } },
    ...{ degraded: [], ...more },
  };
  const { server, path } = await startEngine({ hello, status, list: [{ id: 'web', state: 'running', ...more }] });
  await using hub = await NatsHub.start();
  const stateDir = mkdtempSync(join(tmpdir(), 'healer-agent-'));
  writeCredential(hostCredentialFile(stateDir), await hub.credential('host', 'web-01'));
  const person = await hub.connect(await hub.credential('admin', 'ann'));
  const rows: { ver?: unknown; counts?: unknown }[] = [];
  person.nats.subscribe(hostSubject('default', 'web-01', 'row'), {
    callback: (_error, message) => void rows.push(message.json()),
  });
  await person.nats.flush();
  const agent = new HostAgent({
    ...{ stateDir, socketPath: path, instance: 'default', onDegraded: () => undefined },
    respond: ({ engine, ...context }) => new RpcResponder({ ...context, engine: { socketPath: engine.socketPath } }),
  });
  try {
    await agent.start();
    await waitFor(() => rows.some(({ ver }) => ver === version), 'a row with the version of the engine');
    expect(rows.at(-1)).toMatchObject({ ver: version, counts: { running: 1 } });
    const subject = rpcSubject('default', 'web-01', 'read', 'list', 'ann');
    const ask = async (): Promise<string | null> => {
      const answer = await person.nats.request(subject, '{}', { timeout: 20_000 }).catch(() => null);
      return answer?.string() ?? null;
    };
    expect(await waitFor(ask, 'the answer of the engine')).toContain('"id":"web"');
  } finally {
    await agent.leave();
    await new Promise((resolve) => server.close(resolve));
    removeFolder(stateDir);
  }
});
