import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HTTP_ROUTES, routeOf, STREAM_ROUTES } from '../../../../src/protocol/methods/http-routes.ts';
import { type ApiMethod, METHODS } from '../../../../src/protocol/methods/methods.ts';
import { type Permission, PERMISSIONS } from '../../../../src/protocol/permissions.ts';
import { ApiRoom, callRaw, type HttpCall } from '../../../support/api-room.ts';

const TOKEN = 'the-token-of-these-tests';
const GUESTS = { 'trusted-hosts': { hosts: ['10.9.9.9'] } };
const ALL = Object.keys(PERMISSIONS) as Permission[];
const EVERYTHING = Object.fromEntries(ALL.map((name) => [name, true]));
const WHITELIST = { 'executable-whitelist': { patterns: ['/usr/bin/sleep'] } };

const DEFINITION = { id: 'new', command: '/usr/bin/sleep', args: ['9'] };
/** What each method needs besides the id. */
const BODIES: Partial<Record<ApiMethod, unknown>> = {
  add: DEFINITION,
  update: { limits: { memoryMb: 9 } },
  scale: { instances: 2 },
  track: { pid: 4711 },
  untrack: { pid: 4711 },
  changeSetting: { value: null },
  changeRemoteConfig: { hosts: ['localhost'] },
};

function requestOf(method: ApiMethod): HttpCall & { readonly path: string } {
  const { verb, path } = routeOf(method);
  const filled = path.replace('{id}', 'web').replace('{key}', 'healing').replace('{section}', 'trusted-hosts');
  const body = BODIES[method];
  return { verb, path: filled, ...(body === undefined ? {} : { body }) };
}

const METHOD_NAMES = Object.keys(HTTP_ROUTES) as ApiMethod[];
const READING = METHOD_NAMES.filter((name) => METHODS[name].access === 'read');
const CHANGING = METHOD_NAMES.filter((name) => METHODS[name].access !== 'read');

async function ask(room: ApiRoom, method: ApiMethod, headers: Readonly<Record<string, string>> = {}) {
  const { path, ...call } = requestOf(method);
  return room.call(path, { ...call, headers });
}

describe('who may call', () => {
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

  test.each(METHOD_NAMES)('a trusted host may %s, whatever the permissions', async (method) => {
    room.configure({ 'remote-access': Object.fromEntries(ALL.map((name) => [name, false])), ...WHITELIST });
    expect((await ask(room, method)).status).toBeLessThan(300);
  });

  test.each(READING)('a guest may look: %s', async (method) => {
    room.configure({ ...GUESTS, 'remote-access': Object.fromEntries(ALL.map((name) => [name, false])) });
    expect((await ask(room, method)).status).toBe(200);
  });

  test.each(CHANGING)('a guest may %s exactly when its permissions are on', async (method) => {
    const { needs } = routeOf(method);
    room.configure({ ...GUESTS, ...WHITELIST, 'remote-access': EVERYTHING });
    const allowed = await ask(room, method);
    if (needs === undefined) expect(allowed).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    else expect(allowed.status).toBeLessThan(300);
    for (const permission of needs ?? []) {
      room.configure({ ...GUESTS, ...WHITELIST, 'remote-access': { ...EVERYTHING, [permission]: false } });
      const refused = await ask(room, method);
      expect(refused).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      expect(refused.text).toContain(permission);
    }
  });

  test.each(METHOD_NAMES)('%s is refused to a wrong token, a page in a browser and another Host', async (method) => {
    guarded.configure({ api: { requestsPerSecond: 10_000 }, 'trusted-hosts': { hosts: ['localhost'] } });
    room.configure({});
    guarded.fake.calls.length = 0;
    expect(await ask(guarded, method)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await ask(room, method, { host: 'rebound.example.com' })).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await ask(room, method, { origin: 'http://localhost:3000' })).toMatchObject({ status: 403 });
    expect(await ask(room, method, { origin: 'null' })).toMatchObject({ status: 403 });
    expect(await ask(room, method, { 'sec-fetch-site': 'cross-site' })).toMatchObject({ status: 403 });
    expect(guarded.fake.calls).toEqual([]);
  });

  test('a wrong token is refused, and after ten of them that address has to wait', async () => {
    const other = await ApiRoom.open({ token: TOKEN });
    const wrong = { authorization: 'Bearer not-the-token' };
    const answers = [];
    for (let count = 0; count < 12; count++) answers.push(await other.call('/processes', { headers: wrong }));
    expect(answers.slice(0, 10).map(({ status }) => status)).toEqual(Array(10).fill(401));
    expect(answers[11]).toMatchObject({ status: 429, code: 'TOO_MANY_REQUESTS' });
    expect(Number(answers[11]?.headers['retry-after'])).toBeGreaterThan(0);
    expect((await other.call('/processes', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(200);
    await other[Symbol.asyncDispose]();
  });

  test.each(['Basic YTpi', 'Bearer', 'Bearer a b', `bearer ${TOKEN}x`])('"%s" is no token', async (authorization) => {
    guarded.configure({});
    const { status } = await guarded.call('/processes', { headers: { authorization } });
    expect([401, 429]).toContain(status);
  });

  test.each(Object.values(STREAM_ROUTES))('the stream %s needs the token too', async (path) => {
    expect((await guarded.call(`${path.replace('{id}', 'web')}?follow`)).status).toBe(401);
  });

  test('what a proxy passes on is not trusted by the address of the proxy', async () => {
    room.configure({});
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      expect(await ask(room, 'status', { [header]: '127.0.0.1' })).toMatchObject({ status: 401 });
    }
    room.configure({ api: { proxies: ['127.0.0.1'] }, 'remote-access': { allowStop: false } });
    expect(await ask(room, 'stop', { 'x-forwarded-for': '127.0.0.1, 203.0.113.9' })).toMatchObject({ status: 403 });
    room.configure({ api: { proxies: ['127.0.0.1'] }, 'trusted-hosts': { hosts: ['203.0.113.*'] } });
    expect(await ask(room, 'shutdown', { 'x-forwarded-for': '198.51.100.1, 203.0.113.9' })).toMatchObject({
      status: 200,
    });
  });

  test('a guest that asks too often is told when to come back', async () => {
    const busy = await ApiRoom.open({ stored: { ...GUESTS, api: { requestsPerSecond: 1 } } });
    const answers = await Promise.all(Array.from({ length: 8 }, () => busy.call('/processes')));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(5);
    await busy[Symbol.asyncDispose]();
  });

  test('programs that start by themselves need their own permission', async () => {
    room.configure({ ...GUESTS, ...WHITELIST, 'remote-access': { allowAutostart: false } });
    expect(await ask(room, 'add')).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    const manual = await room.call('/processes', { verb: 'POST', body: { ...DEFINITION, autostart: false } });
    expect(manual.status).toBe(201);
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

  test.each(Object.values(STREAM_ROUTES))('HEAD of the stream %s ends at once', async (path) => {
    room.configure({});
    const { status, headers } = await room.call(`${path.replace('{id}', 'web')}?follow`, { verb: 'HEAD' });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream; charset=utf-8']);
    expect(room.server.clients()).toBe(0);
  });

  test.each<[object, Permission]>([
    [{ enabled: false }, 'allowDisable'],
    [{ enabled: true }, 'allowStart'],
    [{ healing: 'observe' }, 'allowDisable'],
    [{ instances: 0 }, 'allowStop'],
    [{ schedule: '* * * * *' }, 'allowStop'],
  ])('a change such as %j needs what the operation needs: %s', async (body, permission) => {
    room.configure({ ...GUESTS, 'remote-access': { [permission]: false } });
    const refused = await room.call('/processes/web', { verb: 'PATCH', body });
    expect(refused).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(refused.text).toContain(permission);
    room.configure(GUESTS);
    expect((await room.call('/processes/web', { verb: 'PATCH', body })).status).toBe(200);
  });

  test('nobody names files of this machine from elsewhere', async () => {
    room.configure({});
    const body = { files: ['/etc/passwd'] };
    expect(await room.call('/monitor/reload', { verb: 'POST', body })).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    });
  });
});
