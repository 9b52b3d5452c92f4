import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HTTP_ROUTES, routeOf, STREAM_ROUTES } from '../../../src/protocol/methods/http-routes.ts';
import { type ApiMethod, METHODS } from '../../../src/protocol/methods/methods.ts';
import type { NotificationName } from '../../../src/protocol/notifications.ts';
import { type Permission, PERMISSIONS } from '../../../src/protocol/permissions.ts';
import { callDirectly, callOverHttp, type Credentials, type RemoteCaller } from '../../support/remote-caller.ts';

const TOKEN = 'the-token-of-these-tests';
const GUESTS = { 'trusted-hosts': { hosts: ['10.9.9.9'] } };
const ALL = Object.keys(PERMISSIONS) as Permission[];
const EVERYTHING = Object.fromEntries(ALL.map((name) => [name, true]));
const NOTHING = Object.fromEntries(ALL.map((name) => [name, false]));
const WHITELIST = { 'executable-whitelist': { patterns: ['/usr/bin/sleep'] } };
const DEFINITION = { id: 'new', command: '/usr/bin/sleep', args: ['9'] };

/** Parameters that each method accepts; the others take the id of a program or none. */
const PARAMS: Partial<Record<ApiMethod, Readonly<Record<string, unknown>>>> = {
  add: { definition: DEFINITION },
  update: { id: 'web', changes: { limits: { memoryMb: 9 } } },
  scale: { id: 'web', instances: 2 },
  operate: { operation: 'stop', select: ['all'] },
  signal: { id: 'web', signal: 'SIGHUP' },
  track: { pid: 4711 },
  untrack: { pid: 4711 },
  changeSetting: { key: 'healing', value: null },
  remoteConfig: { section: 'trusted-hosts' },
  changeRemoteConfig: { section: 'trusted-hosts', content: { hosts: ['localhost'] } },
};

function paramsOf(method: ApiMethod): Readonly<Record<string, unknown>> {
  return PARAMS[method] ?? (routeOf(method).path.includes('{id}') ? { id: 'web' } : {});
}

const METHOD_NAMES = Object.keys(HTTP_ROUTES) as ApiMethod[];
const READING = METHOD_NAMES.filter((name) => METHODS[name].access === 'read');
const CHANGING = METHOD_NAMES.filter((name) => METHODS[name].access !== 'read');
const STREAMS = Object.keys(STREAM_ROUTES) as NotificationName[];
const ALLOWED = { code: null };

const WEB_PAGES: readonly (readonly [string, Credentials])[] = [
  ['another Host', { host: 'rebound.example.com' }],
  ['an Origin', { origin: 'http://localhost:3000' }],
  ['the Origin null', { origin: 'null' }],
  ['a Sec-Fetch-Site of another site', { fetchSite: 'cross-site' }],
];

describe.each([
  ['the entrance itself', callDirectly],
  ['HTTP', callOverHttp],
])('every method and every caller, through %s', (_transport, open) => {
  let caller: RemoteCaller;
  let guarded: RemoteCaller;

  beforeAll(async () => {
    caller = await open();
    guarded = await open({ token: TOKEN });
    for (const each of [caller, guarded]) each.fake.putRow('web');
  });

  afterAll(async () => {
    await caller[Symbol.asyncDispose]();
    await guarded[Symbol.asyncDispose]();
  });

  test.each(METHOD_NAMES)('a trusted host may call %s, whatever the permissions', async (method) => {
    caller.configure({ 'remote-access': NOTHING, ...WHITELIST });
    expect(await caller.call(method, paramsOf(method))).toMatchObject(ALLOWED);
    expect(caller.fake.calls.at(-1)?.method).toBe(method);
  });

  test.each(READING)('a guest may call %s, which only reads, without any permission', async (method) => {
    caller.configure({ ...GUESTS, 'remote-access': NOTHING });
    expect(await caller.call(method, paramsOf(method))).toMatchObject(ALLOWED);
  });

  test.each(CHANGING)('a guest may call %s only with its permissions', async (method) => {
    const { needs } = routeOf(method);
    caller.configure({ ...GUESTS, ...WHITELIST, 'remote-access': EVERYTHING });
    const outcome = await caller.call(method, paramsOf(method));
    expect(outcome).toMatchObject(needs === undefined ? { code: 'FORBIDDEN' } : ALLOWED);
    for (const permission of needs ?? []) {
      caller.configure({ ...GUESTS, ...WHITELIST, 'remote-access': { ...EVERYTHING, [permission]: false } });
      const refused = await caller.call(method, paramsOf(method));
      expect(refused).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining(permission) });
    }
  });

  test.each(METHOD_NAMES)('%s is refused without the token and to web pages', async (method) => {
    guarded.configure({ api: { requestsPerSecond: 10_000 }, 'trusted-hosts': { hosts: ['localhost'] } });
    caller.configure({});
    caller.fake.calls.length = 0;
    guarded.fake.calls.length = 0;
    expect(await guarded.call(method, paramsOf(method))).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const [, credentials] of WEB_PAGES) {
      expect(await caller.call(method, paramsOf(method), credentials)).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect([...caller.fake.calls, ...guarded.fake.calls]).toEqual([]);
  });

  test.each(STREAMS)('the stream "%s" is refused without the token and to web pages', async (stream) => {
    guarded.configure({ api: { requestsPerSecond: 10_000 } });
    caller.configure({});
    expect(await guarded.follow(stream, {})).toMatchObject({ code: 'UNAUTHENTICATED' });
    for (const [, credentials] of WEB_PAGES) {
      expect(await caller.follow(stream, credentials)).toMatchObject({ code: 'FORBIDDEN' });
    }
  });

  test('a wrong token is refused, and after ten wrong tokens the address must wait', async () => {
    await using other = await open({ token: TOKEN });
    const codes = [];
    for (let count = 0; count < 12; count++) codes.push((await other.call('list', {}, { token: 'wrong' })).code);
    expect(codes.slice(0, 10)).toEqual(Array(10).fill('UNAUTHENTICATED'));
    expect(codes[11]).toBe('TOO_MANY_REQUESTS');
    expect(await other.call('list', {}, { token: TOKEN })).toMatchObject(ALLOWED);
  });

  test('a guest that calls too often is refused with the time to wait', async () => {
    await using busy = await open({ stored: { ...GUESTS, api: { requestsPerSecond: 1 } } });
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => busy.call('list', {})));
    const refused = outcomes.filter(({ code }) => code === 'TOO_MANY_REQUESTS');
    expect(refused.length).toBeGreaterThanOrEqual(5);
    for (const { message } of refused) expect(message).toMatch(/try again in \d+ s/);
  });

  test('a forwarded request is judged by the address that a known proxy names', async () => {
    caller.configure({});
    expect(await caller.call('status', {}, { forwardedFor: '127.0.0.1' })).toMatchObject({ code: 'UNAUTHENTICATED' });
    caller.configure({ api: { proxies: ['127.0.0.1'] }, 'remote-access': { allowStop: false } });
    const asGuest = { forwardedFor: '127.0.0.1, 203.0.113.9' };
    expect(await caller.call('stop', { id: 'web' }, asGuest)).toMatchObject({ code: 'FORBIDDEN' });
    caller.configure({ api: { proxies: ['127.0.0.1'] }, 'trusted-hosts': { hosts: ['203.0.113.*'] } });
    const trusted = { forwardedFor: '198.51.100.1, 203.0.113.9' };
    expect(await caller.call('shutdown', {}, trusted)).toMatchObject(ALLOWED);
  });

  test('a guest needs a permission of its own to define a program that starts automatically', async () => {
    caller.configure({ ...GUESTS, ...WHITELIST, 'remote-access': { allowAutostart: false } });
    expect(await caller.call('add', paramsOf('add'))).toMatchObject({ code: 'FORBIDDEN' });
    const definition = { ...DEFINITION, autostart: false };
    expect(await caller.call('add', { definition })).toMatchObject(ALLOWED);
  });

  test.each<[object, Permission]>([
    [{ enabled: false }, 'allowDisable'],
    [{ enabled: true }, 'allowStart'],
    [{ healing: 'observe' }, 'allowDisable'],
    [{ instances: 0 }, 'allowStop'],
    [{ schedule: '* * * * *' }, 'allowStop'],
  ])('the change %j needs the permission of the operation: %s', async (changes, permission) => {
    caller.configure({ ...GUESTS, 'remote-access': { [permission]: false } });
    expect(await caller.call('update', { id: 'web', changes })).toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining(permission),
    });
    caller.configure(GUESTS);
    expect(await caller.call('update', { id: 'web', changes })).toMatchObject(ALLOWED);
  });

  test('even a trusted host cannot set which files on this machine the engine reads', async () => {
    caller.configure({});
    caller.fake.calls.length = 0;
    expect(await caller.call('reloadConfig', { files: ['/etc/passwd'] })).toMatchObject({ code: 'FORBIDDEN' });
    expect(caller.fake.calls).toEqual([]);
  });

  test('a command that is not on the whitelist is refused, also to a trusted host', async () => {
    caller.configure(WHITELIST);
    const definition = { id: 'new', command: '/usr/bin/env' };
    expect(await caller.call('add', { definition })).toMatchObject({ code: 'NOT_ALLOWED_EXECUTABLE' });
  });
});
