import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serveAliveness } from '../../../../src/engine/servers/http/aliveness-server.ts';
import type { WebServer } from '../../../../src/engine/servers/http/web-server.ts';
import { SERVER_LIMITS } from '../../../../src/engine/servers/server-limits.ts';
import { ApiRoom, callHttp } from '../../../support/api-room.ts';
import { waitFor } from '../../../support/wait-for.ts';

const { halfOpenConnectionsPerAddress: HALF_OPEN, guestConnections, guestStreams } = SERVER_LIMITS;
/** All callers of this machine are guests. */
const NO_TRUST = { 'trusted-hosts': { hosts: [] } };

let room: ApiRoom;
const sockets = new Set<Socket>();
let agent: Agent;

beforeEach(async () => {
  agent = new Agent({ keepAlive: true, maxSockets: 1_000, maxFreeSockets: 1_000 });
  room = await ApiRoom.open({ stored: NO_TRUST });
  room.fake.putRow('web');
});

afterEach(async () => {
  agent.destroy();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  await room[Symbol.asyncDispose]();
});

/** Opens a connection and sends half of a header. */
async function openHalf(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
    .on('error', () => undefined)
    .resume();
  sockets.add(socket);
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  socket.write('GET / HTTP/1.1\r\nHost: local');
  return socket;
}

/** Opens connections in small groups, so that each is accepted before the next. */
async function openHalves(port: number, count: number): Promise<readonly Socket[]> {
  const opened: Socket[] = [];
  for (let start = 0; start < count; start += 50) {
    opened.push(...(await Promise.all(Array.from({ length: 50 }, () => openHalf(port)))));
  }
  return opened;
}

/** Returns the status of a request on a connection that stays open. */
function keep(path: string): Promise<{ readonly status: number; readonly close: () => void }> {
  return new Promise((resolve, reject) => {
    const sent = request({ port: room.server.port, host: '127.0.0.1', path, agent }, (response) => {
      response.on('error', () => undefined).resume();
      resolve({ status: response.statusCode ?? 0, close: () => sent.destroy() });
    });
    sent.once('error', reject).end();
  });
}

describe('connections without a whole header', () => {
  test('are dropped oldest first, and every real client is served', async () => {
    const opened = await openHalves(room.server.port, HALF_OPEN + 100);
    await waitFor(() => opened.slice(0, 50).every(({ destroyed }) => destroyed), 'the oldest to be dropped');
    expect((await room.call('/processes')).status).toBe(200);
  });

  test('do not keep the aliveness server from answering', async () => {
    const facts = { instanceId: 'default', pid: 1, version: '0.1.0', uptime: 1, partner: null };
    const server: WebServer = await serveAliveness(
      { host: '127.0.0.1', port: 0 },
      () => [],
      () => facts,
    );
    try {
      await openHalves(server.port, HALF_OPEN + 100);
      const answer = await callHttp(server.port, '/alive', {});
      expect(answer).toMatchObject({ status: 200, text: 'OK' });
      expect(answer.headers.connection).toBe('close');
    } finally {
      for (const socket of sockets) socket.destroy();
      await server.close();
    }
  });
});

describe('a caller that is not trusted', () => {
  test('may have some streams open; the next one is refused until one ends', async () => {
    const streams = [];
    for (let count = 0; count < guestStreams; count++) streams.push(await keep('/events'));
    expect(streams.every(({ status }) => status === 200)).toBe(true);
    const refused = await room.call('/events');
    expect(refused).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    streams[0]?.close();
    await waitFor(() => room.server.clients() === guestStreams - 1, 'the stream to close');
    await waitFor(async () => (await keep('/events')).status === 200, 'another stream');
  });

  test('may have some connections open; the next one is refused', async () => {
    room.configure({ ...NO_TRUST, api: { requestsPerSecond: 10_000 } });
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => (finish = resolve));
    room.fake.answerTo = () => done.then(() => []);
    const waiting = Array.from({ length: guestConnections }, () => keep('/processes'));
    await waitFor(() => room.fake.calls.length === guestConnections, 'all requests to be received');
    expect((await keep('/processes')).status).toBe(429);
    finish();
    expect(new Set((await Promise.all(waiting)).map(({ status }) => status))).toEqual(new Set([200]));
  });
});
