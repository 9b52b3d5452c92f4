import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AlivenessServer, HealerError, RemoteHealerClient } from '../../src/client/index.ts';
import { connectRemote } from '../../src/client/remote/connect-remote.ts';
import { requestFor, streamPathFor } from '../../src/client/remote/remote-request.ts';
import { SseParser } from '../../src/client/remote/sse-parser.ts';
import { ApiRoom } from '../support/api-room.ts';
import { batchOf, logLine } from '../support/fake-served-engine.ts';
import { freePort } from '../support/free-port.ts';
import { waitFor } from '../support/wait-for.ts';

/** The first request loads the framework. */
const PATIENCE_MS = 20_000;
let room: ApiRoom;
let client: RemoteHealerClient;

beforeEach(async () => {
  room = await ApiRoom.open();
  room.fake.putRow('web');
  client = await RemoteHealerClient.connect({ url: room.url, timeoutMs: PATIENCE_MS });
});

afterEach(async () => {
  client.close();
  await room[Symbol.asyncDispose]();
});

const called = () => room.fake.calls.at(-1);

describe('the remote client', () => {
  test.each<[string, () => Promise<unknown>, string, object]>([
    ['start', () => client.start('web'), 'start', { id: 'web' }],
    ['stop', () => client.stop('web', { graceful: false }), 'stop', { id: 'web', graceful: false }],
    ['restart', () => client.restart('web', { timeoutMs: 5 }), 'restart', { id: 'web', timeoutMs: 5 }],
    ['pause', () => client.pause('web'), 'pause', { id: 'web' }],
    ['resume', () => client.resume('web'), 'resume', { id: 'web' }],
    ['checkHealth', () => client.checkHealth('web'), 'checkHealth', { id: 'web' }],
    ['update', () => client.update('web', { autostart: true }), 'update', { id: 'web', changes: { autostart: true } }],
    [
      'update with unset',
      () => client.update('web', { autostart: true }, { unset: ['memory', 'cpu'] }),
      'update',
      { id: 'web', changes: { autostart: true }, unset: ['memory', 'cpu'] },
    ],
    ['kill', () => client.kill('web'), 'kill', { id: 'web' }],
    ['reload', () => client.reload('web'), 'reload', { id: 'web' }],
    ['enable', () => client.enable('web'), 'enable', { id: 'web' }],
    ['disable', () => client.disable('web'), 'disable', { id: 'web' }],
    ['hold', () => client.hold('web', { forMs: 5 }), 'hold', { id: 'web', forMs: 5 }],
    ['release', () => client.release('web'), 'release', { id: 'web' }],
    ['resetCooldown', () => client.resetCooldown('web'), 'cooldownReset', { id: 'web' }],
    ['scale', () => client.scale('web', 3), 'scale', { id: 'web', instances: 3 }],
    ['cooldowns', () => client.cooldowns(), 'cooldowns', {}],
    ['reloadConfig', () => client.reloadConfig({ dryRun: true }), 'reloadConfig', { dryRun: true }],
    ['remoteAccess', () => client.remoteAccess(), 'remoteConfig', { section: 'remote-access' }],
    [
      'changeRemoteAccess',
      () => client.changeRemoteAccess({ allowStop: false }),
      'changeRemoteConfig',
      { section: 'remote-access', content: { allowStop: false } },
    ],
    ['history of a day', () => client.history('web', { span: '24h' }), 'history', { id: 'web', span: '24h' }],
    ['remove', () => client.remove('web'), 'remove', { id: 'web' }],
    ['shutdownAll', () => client.shutdownAll({ keep: true }), 'shutdown', { keep: true }],
    ['history', () => client.api.history({ id: 'web', span: '24h' }), 'history', { id: 'web', span: '24h' }],
    [
      'settings',
      () => client.api.changeSetting({ key: 'binaries.a b', value: null }),
      'changeSetting',
      { key: 'binaries.a b', value: null },
    ],
    [
      'events',
      () => client.api.events({ kinds: ['crashed', 'failed'] }),
      'events',
      { kinds: ['crashed', 'failed'], limit: 100 },
    ],
  ])('%s calls the method with its parameters', async (_, call, method, params) => {
    await call();
    expect(called()).toEqual({ method, params });
  });

  test('lists programs and returns the status', async () => {
    expect((await client.list()).map(({ id }) => id)).toEqual(['web']);
    expect((await client.getStatus('web')).id).toBe('web');
    expect(await client.getStatus()).toHaveProperty('counts');
  });

  test('throws the error of the engine', async () => {
    room.fake.answerTo = () => {
      throw new HealerError('INVALID_STATE', 'not now', { id: 'web' });
    };
    await expect(client.start('web')).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: 'not now',
      data: { id: 'web' },
    });
  });

  test('delivers events once and in order, even to a slow consumer', async () => {
    const events = client.events({ afterSeq: 0 });
    room.fake.putEvents(5_000);
    const seen: number[] = [];
    for await (const { seq } of events) {
      seen.push(seq);
      if (seq === 100) room.fake.putEvents(10);
      if (seen.length === 5_010) break;
    }
    expect(seen).toEqual(Array.from({ length: 5_010 }, (_, at) => at + 1));
    await waitFor(() => room.fake.watchers === 0, 'the stream to close');
  });

  test('follows a log until the client closes', async () => {
    const lines = client.logs('web');
    await waitFor(() => room.fake.follows.length === 1, 'the follower');
    await room.fake.follows[0]?.onBatch(batchOf(logLine('one'), logLine('two')));
    expect([(await lines.next()).value?.text, (await lines.next()).value?.text]).toEqual(['one', 'two']);
    const next = lines.next();
    client.close();
    expect(await next).toEqual({ value: undefined, done: true });
  });

  test('fails an iterator over an unknown program', async () => {
    await expect(client.logs('nobody').next()).rejects.toMatchObject({ code: 'PROCESS_NOT_FOUND' });
  });

  test('closes the connection when one of its streams breaks', async () => {
    const connection = await connectRemote({ url: room.url, timeoutMs: PATIENCE_MS });
    await connection.subscribe('events', {}, () => undefined);
    await room.server.close();
    expect(await connection.closed).toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    expect(connection.isOpen).toBe(false);
  });

  test('reports the URL of an engine that does not answer, and an invalid URL', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(RemoteHealerClient.connect({ url })).rejects.toMatchObject({
      code: 'ENGINE_NOT_RUNNING',
      data: { url },
    });
    await expect(RemoteHealerClient.connect({ url: 'http://' })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });

  test('rejects a server that is not an engine', async () => {
    await using other = await AlivenessServer.start({ port: 0 });
    const url = `http://127.0.0.1:${other.port}`;
    await expect(RemoteHealerClient.connect({ url })).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

/** Holds the response to one method back until the test lets it go. */
function holdBack(held: string): { readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  const { answerTo } = room.fake;
  room.fake.answerTo = (method, params) => (method === held ? gate.then(() => null) : answerTo(method, params));
  return { letGo };
}

describe('time limits of the remote client', () => {
  test('do not apply to an operation on a connection that was used before', async () => {
    const hasty = await RemoteHealerClient.connect({ url: room.url, timeoutMs: 200 });
    await hasty.list();
    const { letGo } = holdBack('stop');
    const stopping = hasty.stop('web');
    // Longer than the limit, and than the silence that follows it.
    setTimeout(letGo, 1_000);
    expect(await stopping).toBeNull();
    hasty.close();
  });

  test.each<[string, (frozen: RemoteHealerClient) => Promise<unknown>]>([
    ['a question', (frozen) => frozen.list()],
    ['an operation', (frozen) => frozen.stop('web')],
  ])('report an engine that is frozen during %s', async (_what, call) => {
    const server = createServer((request, response) => {
      if (hasAnswered) request.resume();
      else response.end(JSON.stringify({ version: '1', instance: 'default', pid: 1 }));
      hasAnswered = true;
    });
    let hasAnswered = false;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const frozen = await RemoteHealerClient.connect({ url: `http://127.0.0.1:${String(port)}`, timeoutMs: 100 });
    await expect(call(frozen)).rejects.toMatchObject({ code: 'TIMEOUT' });
    frozen.close();
    server.close();
    server.closeAllConnections();
  });
});

describe('a call of the remote client', () => {
  test('is ended by close', async () => {
    const { letGo } = holdBack('stop');
    const stopping = client.stop('web');
    await waitFor(() => called()?.method === 'stop', 'the operation to begin');
    client.close();
    await expect(stopping).rejects.toMatchObject({
      code: 'ENGINE_NOT_RUNNING',
      message: expect.stringContaining('was closed') as string,
    });
    letGo();
  });

  test.each<[string, (signal: AbortSignal) => Promise<unknown>]>([
    ['stop', (signal) => client.stop('web', { signal })],
    ['list', (signal) => client.list({ signal })],
    ['describe', (signal) => client.describe('web', { signal })],
    ['getStatus', (signal) => client.getStatus({ signal })],
  ])('%s rejects with the reason of its signal', async (method, call) => {
    const { letGo } = holdBack(method === 'getStatus' ? 'status' : method);
    const aborting = new AbortController();
    const pending = call(aborting.signal);
    aborting.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
    await expect(call(aborting.signal)).rejects.toThrow('enough');
    letGo();
    expect(await client.checkHealth('web')).toBeNull();
  });

  test.each(['.', '..', '', 'a/b', 'ü', undefined])('refuses the id %j without asking another route', async (given) => {
    const id = given!;
    const before = room.fake.calls.length;
    const calls: readonly ((name: string) => Promise<unknown>)[] = [
      (name) => client.start(name),
      (name) => client.stop(name),
      (name) => client.describe(name),
      (name) => client.remove(name),
      (name) => client.checkHealth(name),
    ];
    for (const call of calls) {
      const message = expect.stringContaining('an id has 1 to 64 characters') as string;
      await expect(call(id)).rejects.toMatchObject({ code: 'INVALID_CONFIG', message });
    }
    await expect(client.logs(id).next()).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
    expect(room.fake.calls.length).toBe(before);
  });
});

describe('an iterator of the remote client', () => {
  test('over a log ends when the program is removed, after its last lines', async () => {
    const lines = client.logs('web');
    await waitFor(() => room.fake.follows.length === 1, 'the follower');
    await room.fake.follows[0]?.onBatch(batchOf(logLine('last')));
    room.fake.removeRow('web');
    room.fake.putEvents(1, { kind: 'removed', process: 'web' });
    expect((await lines.next()).value?.text).toBe('last');
    expect(await lines.next()).toEqual({ value: undefined, done: true });
  });

  test('throws at a gap by default, and calls "onMissed" instead if there is one', async () => {
    room.fake.missed = 7;
    room.fake.putEvents(3);
    await expect(client.events({ afterSeq: 0 }).next()).rejects.toMatchObject({ code: 'MISSED', data: { missed: 7 } });
    const gaps: number[] = [];
    const events = client.events({ afterSeq: 0, onMissed: (count) => gaps.push(count) });
    expect((await events.next()).value?.seq).toBe(1);
    expect(gaps).toEqual([7]);
    await events.return?.();
  });

  test('rejects with the reason of its signal, and leaves no stream behind', async () => {
    const aborting = new AbortController();
    const events = client.events({ signal: aborting.signal });
    const next = events.next();
    await waitFor(() => room.fake.watchers === 1, 'the stream');
    aborting.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    expect(await events.next()).toEqual({ value: undefined, done: true });
    await waitFor(() => room.fake.watchers === 0, 'the stream to close');
  });

  test('cannot be created after close', () => {
    client.close();
    expect(() => client.events()).toThrow(/was closed/);
  });
});

describe('discovery', () => {
  test('finds the engine on this machine, with or without a token', async () => {
    const found = await RemoteHealerClient.discover({
      ports: [room.server.port],
      hosts: [],
      probeMs: PATIENCE_MS,
      searchMs: PATIENCE_MS,
    });
    expect((await found.list()).length).toBe(1);
    found.close();
    const guarded = await ApiRoom.open({ token: 'a-token-of-this-test' });
    const ports = [guarded.server.port];
    await expect(
      RemoteHealerClient.discover({ ports, hosts: [], probeMs: PATIENCE_MS, searchMs: PATIENCE_MS }),
    ).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    (
      await RemoteHealerClient.discover({ ports, hosts: [], probeMs: PATIENCE_MS, token: 'a-token-of-this-test' })
    ).close();
    await guarded[Symbol.asyncDispose]();
  });

  test('ignores other servers, and stops in time', async () => {
    await using other = await AlivenessServer.start({ port: 0 });
    await expect(RemoteHealerClient.discover({ ports: [other.port], hosts: ['127.0.0.2'] })).rejects.toMatchObject({
      code: 'ENGINE_NOT_RUNNING',
    });
  });
});

describe('requests', () => {
  test.each([
    [requestFor('describe', { id: 'a@b' }), { verb: 'GET', path: '/processes/a%40b', body: undefined }],
    [requestFor('list', { limit: 5 }), { verb: 'GET', path: '/processes?limit=5', body: undefined }],
    [
      requestFor('add', { definition: { id: 'x', command: 'y' } }),
      { verb: 'POST', path: '/processes', body: { id: 'x', command: 'y' } },
    ],
  ])('%j', (request, wanted) => {
    expect(request).toEqual(wanted);
  });

  test('request a stream of a log', () => {
    expect(streamPathFor('log', { id: 'web', tail: 3 })).toBe('/processes/web/logs?follow=true&tail=3');
  });
});

test('the SSE parser returns the same messages for any chunks', () => {
  const text = ': alive\n\nid: 1\ndata: {"a":"ü"}\n\nevent: missed\r\ndata: x\r\ndata: y\r\n\r\nid: 2\n\ndata: z\n\n';
  const whole = new SseParser().push(text);
  const parser = new SseParser();
  expect(text.split('').flatMap((char) => parser.push(char))).toEqual(whole);
  expect(whole).toEqual([
    { id: '1', event: 'message', data: '{"a":"ü"}' },
    { id: '1', event: 'missed', data: 'x\ny' },
    { id: '2', event: 'message', data: 'z' },
  ]);
});

describe('the aliveness server', () => {
  test.each<[string, () => boolean | Promise<boolean>, number]>([
    ['a healthy program', () => true, 200],
    ['an unhealthy program', () => false, 503],
    ['a check that fails', () => Promise.reject(new Error('no database')), 503],
    ['a check that hangs', () => new Promise(() => undefined), 503],
  ])('reports %s with the right status code', async (_, check, status) => {
    await using server = await AlivenessServer.start({ port: 0, check, timeoutMs: 50 });
    expect((await fetch(`http://127.0.0.1:${server.port}/health`)).status).toBe(status);
    expect((await fetch(`http://127.0.0.1:${server.port}/status`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
  });
});

test('a call that is under way rejects with ENGINE_NOT_RUNNING when the engine is killed, however its connections end', async () => {
  const streams: Socket[] = [];
  let stops = 0;
  const server = createServer(({ method, url = '' }, response) => {
    if (method === 'POST') stops += 1;
    else if (url.startsWith('/events')) {
      if (response.socket !== null) streams.push(response.socket);
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('id: 1\n\n');
    } else response.end(JSON.stringify({ version: '1', instance: 'default', pid: 1 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = await connectRemote({ url: `http://127.0.0.1:${String(port)}` });
  try {
    await connection.subscribe('events', {}, () => undefined);
    const stopped = expect(connection.api.stop({ id: 'web' })).rejects.toMatchObject({ code: 'ENGINE_NOT_RUNNING' });
    await waitFor(() => stops === 1, 'the request');
    // The stream breaks first: its error ends the call.
    for (const stream of streams) stream.resetAndDestroy();
    await stopped;
    expect(await connection.closed).toBeInstanceOf(HealerError);
  } finally {
    connection.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
