import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { peerUserOf } from '../../../../src/engine/servers/http/peer-user.ts';
import { STREAM_ROUTES } from '../../../../src/protocol/methods/http-routes.ts';
import { ApiRoom, callRaw } from '../../../support/api-room.ts';

const TOKEN = 'the-token-of-these-tests';

// Who may call what is tested in test/engine/access, for HTTP as well.
describe('what the headers of a request reveal about its caller', () => {
  let room: ApiRoom;
  let guarded: ApiRoom;

  beforeAll(async () => {
    room = await ApiRoom.open();
    guarded = await ApiRoom.open({ token: TOKEN });
    for (const each of [room, guarded]) each.fake.putRow('web');
  });

  afterAll(async () => {
    await room[Symbol.asyncDispose]();
    await guarded[Symbol.asyncDispose]();
  });

  test('a caller with too many wrong tokens is sent the time to wait in a header', async () => {
    const other = await ApiRoom.open({ token: TOKEN });
    const wrong = { authorization: 'Bearer not-the-token' };
    const answers = [];
    for (let count = 0; count < 12; count++) answers.push(await other.call('/processes', { headers: wrong }));
    expect(answers.slice(0, 10).map(({ status }) => status)).toEqual(Array(10).fill(401));
    expect(answers[0]?.headers['www-authenticate']).toBe('Bearer realm="healer"');
    expect(answers[11]).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    expect(Number(answers[11]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await other.call('/processes', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    await other[Symbol.asyncDispose]();
  });

  test.each(['Basic YTpi', 'Bearer', 'Bearer a b', `bearer ${TOKEN}x`])(
    '"%s" is not a token',
    async (authorization) => {
      guarded.configure({});
      const { status } = await guarded.call('/processes', { headers: { authorization } });
      expect([401, 429]).toContain(status);
    },
  );

  test.each([
    ...['x-forwarded-for', 'forwarded', 'via', 'x-real-ip', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded'],
    ...[
      'x-forwarded-port',
      'x-forward-for',
      'forwarded-for',
      'cf-connecting-ip',
      'cf-ray',
      'ngrok-trace-id',
      'x-via',
      'x-bluecoat-via',
      'x-varnish',
      'surrogate-capability',
      'x-forwarder-for',
      'true-client-ip',
      'x-client-ip',
    ],
    ...[
      'x-cluster-client-ip',
      'fastly-client-ip',
      'client-ip',
      'x-remote-addr',
      'x-original-forwarded-for',
      'x-original-uri',
    ],
    ...[
      'x-envoy-external-address',
      'x-amzn-trace-id',
      'fly-client-ip',
      'cdn-loop',
      'x-appengine-user-ip',
      'proxy-connection',
    ],
    ...['x-proxyuser-ip', 'wl-proxy-client-ip', 'x-azure-clientip', 'max-forwards', 'X-FORWARDED-SERVER', 'x-host-ip'],
  ])('a request with the header "%s" is not trusted by the address of its proxy', async (header) => {
    room.configure({});
    expect(await room.call('/monitor/status', { headers: { [header]: '127.0.0.1' } })).toMatchObject({ status: 401 });
  });

  test.each(['accept', 'user-agent', 'x-request-id', 'traceparent', 'x-forest', 'viabilty', 'x-ip', 'cache-control'])(
    'a request with the header "%s" is not taken for a forwarded one',
    async (header) => {
      room.configure({});
      expect(await room.call('/monitor/status', { headers: { [header]: '127.0.0.1' } })).toMatchObject({ status: 200 });
    },
  );

  test.each([
    ...[
      '127.999.1.1',
      '127.1.1.256',
      'localhost:99999',
      'localhost:65536',
      'localhost:0x1',
      '[::1',
      '[::1]:',
      '::1',
      '[zz]',
      'a..b',
    ],
    ...[
      'localhost..',
      '.localhost',
      '-',
      '%',
      '127.0.0.1%00',
      'localhost:',
      '[::ffff:127.0.0.999]',
      '0x7f.1',
      '2130706433',
      '*',
    ],
  ])('the Host "%s" is refused as invalid or foreign, and is no internal error', async (host) => {
    room.configure({ api: { names: ['a..b', '-', '*'] } });
    for (const path of ['/processes?limit=1', '/events/history?limit=1', '/nothing?a=b']) {
      const answer = await callRaw(
        room.server.port,
        `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|403|404|422) /);
    }
  });

  test.each([
    ['a second Host', 'GET /processes', 'Host: localhost\r\nHost: evil.example'],
    ['a target that is a URL of another host', 'GET http://evil.example/processes', 'Host: localhost'],
    ['a Host that hides another', 'GET /processes', 'Host: localhost@evil.example'],
  ])('%s is refused', async (_, start, hosts) => {
    room.configure({});
    expect(await callRaw(room.server.port, `${start} HTTP/1.1\r\n${hosts}\r\nConnection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    const own = `GET http://localhost/processes HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
    expect(await callRaw(room.server.port, own)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each(Object.values(STREAM_ROUTES))('HEAD of the stream %s returns headers and opens no stream', async (path) => {
    room.configure({});
    const { status, headers } = await room.call(`${path.replace('{id}', 'web')}?follow`, { verb: 'HEAD' });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(room.server.clients()).toBe(0);
  });
});

test('the owner of a connection that was closed meanwhile is not trusted, even if another process reuses its port', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const client = connect(port, '127.0.0.1');
  const [socket] = await accepted;
  expect(await peerUserOf(socket)).toEqual({ isOwn: true, userId: process.geteuid?.() });
  socket.on('error', () => undefined);
  const asked = peerUserOf(socket);
  client.resetAndDestroy();
  expect(await asked).toEqual({ isOwn: false, userId: null });
  server.close();
});
