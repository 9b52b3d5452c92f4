import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HTTP_ROUTES, routeOf } from '../../../src/protocol/methods/http-routes.ts';
import { type ApiMethod, METHODS } from '../../../src/protocol/methods/methods.ts';
import { PERMISSIONS } from '../../../src/protocol/permissions.ts';
import { CHANGE_CASES } from '../../support/change-effects.ts';
import { callOverHttp, type RemoteCaller } from '../../support/remote-caller.ts';
import { type Lowering, outcomeIn, SessionRoom } from '../../support/session-caller.ts';
import { waitFor } from '../../support/wait-for.ts';

const MANY = { api: { requestsPerSecond: 100_000 } };
const WHITELIST = { 'executable-whitelist': { patterns: ['/usr/bin/sleep'] } };
const ALL = Object.keys(PERMISSIONS);
const DEFINITION = { id: 'new', command: '/usr/bin/sleep', args: ['9'] };
const METHOD_NAMES = Object.keys(HTTP_ROUTES) as ApiMethod[];

const PARAMS: Partial<Record<ApiMethod, readonly Readonly<Record<string, unknown>>[]>> = {
  add: [{ definition: DEFINITION }, { definition: { ...DEFINITION, command: '/usr/bin/env' } }],
  update: CHANGE_CASES.map(({ changes }) => ({ id: 'web', changes })),
  scale: [{ id: 'web', instances: 2 }],
  operate: [{ operation: 'stop', select: ['all'] }],
  track: [{ pid: 4711 }],
  untrack: [{ pid: 4711 }],
  changeSetting: [{ key: 'healing', value: null }],
  remoteConfig: [{ section: 'trusted-hosts' }],
  changeRemoteConfig: [{ section: 'trusted-hosts', content: { hosts: ['localhost'] } }],
  reloadConfig: [{}, { files: ['/etc/passwd'] }, { drop: ['/etc/passwd'] }],
  stop: [{ id: 'web' }, { id: 'web', timeoutMs: 86_400_000 }],
  hold: [{ id: 'web' }, { id: 'web', forMs: 2_147_483_647 }],
};

function paramsOf(method: ApiMethod): readonly Readonly<Record<string, unknown>>[] {
  return PARAMS[method] ?? [routeOf(method).path.includes('{id}') ? { id: 'web' } : {}];
}

const PERMISSION_SETS = [[], ALL, ...ALL.map((each) => ALL.filter((other) => other !== each))];

describe.each([
  ['guest', { as: 'guest' }, { 'trusted-hosts': { hosts: ['10.9.9.9'] } }, {}],
  ['trusted', { as: 'trusted' }, {}, {}],
  ['fleet', { as: 'fleet', caller: 'ann' }, { 'trusted-hosts': { hosts: ['10.9.9.9'] } }, { allow: 'admin' }],
  ['fleet, with a trusted caller', { as: 'fleet', caller: 'bob' }, {}, { allow: 'admin', trust: ['bob'] }],
] as const)('a session with the role "%s"', (_role, lowering, asOverHttp, fleet) => {
  let room: SessionRoom;
  let http: RemoteCaller;

  beforeAll(async () => {
    room = await SessionRoom.open();
    http = await callOverHttp();
    for (const fake of [room.fake, http.fake]) fake.putRow('web', { state: 'running' });
  });

  afterAll(async () => {
    await room[Symbol.asyncDispose]();
    await http[Symbol.asyncDispose]();
  });

  test.each(METHOD_NAMES)('gets the same answers to %s as that caller over HTTP', async (method) => {
    const wire = await room.attach(lowering);
    const sets = METHODS[method].access === 'read' ? PERMISSION_SETS.slice(0, 1) : PERMISSION_SETS;
    for (const set of sets) {
      const permissions = Object.fromEntries(ALL.map((name) => [name, set.includes(name)]));
      const stored = { ...MANY, ...WHITELIST, 'remote-access': permissions, fleet };
      room.configure(stored);
      http.configure({ ...stored, ...asOverHttp });
      for (const params of paramsOf(method)) {
        room.fake.calls.length = 0;
        http.fake.calls.length = 0;
        const answer = await outcomeIn(wire, method, params);
        expect(answer, JSON.stringify(params)).toEqual(await http.call(method, params));
        expect(room.fake.calls).toEqual(http.fake.calls);
      }
    }
  });
});

describe('the rights of a session', () => {
  let room: SessionRoom;

  beforeAll(async () => {
    room = await SessionRoom.open();
    room.fake.putRow('web', { state: 'running' });
  });

  beforeEach(() => {
    room.configure(MANY);
    room.fake.calls.length = 0;
  });

  afterAll(async () => {
    await room[Symbol.asyncDispose]();
  });

  test.each<[string, Lowering, Lowering]>([
    ['a guest to trusted', { as: 'guest' }, { as: 'trusted' }],
    ['a guest to the fleet', { as: 'guest' }, { as: 'fleet', caller: 'ann' }],
    ['the fleet to trusted', { as: 'fleet', caller: 'ann' }, { as: 'trusted' }],
    ['read to operate', { as: 'guest', allow: 'read' }, { allow: 'operate' }],
    ['operate to admin', { as: 'trusted', allow: 'operate' }, { as: 'guest', allow: 'admin' }],
    ['one caller to another', { as: 'fleet', caller: 'ann' }, { caller: 'bob' }],
    ['one caller to another, as a guest', { as: 'fleet', caller: 'ann' }, { as: 'guest', caller: 'bob' }],
  ])('are never raised: from %s', async (_what, lowering, raising) => {
    const wire = await room.attach(lowering);
    const { error } = await wire.ask('hello', { protocol: 1, client: 'test', ...raising });
    expect(error?.data?.code).toBe('FORBIDDEN');
    expect(await outcomeIn(wire, 'shutdown', {})).toMatchObject({ code: 'FORBIDDEN' });
    expect(room.fake.calls).toEqual([]);
  });

  test('stay lowered after a "hello" without a role, as clients send to ask for a sign of life', async () => {
    const wire = await room.attach({ as: 'guest' });
    expect((await wire.ask('hello', { protocol: 1, client: 'sign of life' })).error).toBeUndefined();
    expect(await outcomeIn(wire, 'shutdown', {})).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('apply to requests that arrive together with "hello"', async () => {
    const wire = await room.attach({});
    const request = (id: number, method: string, params: object): string =>
      `${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`;
    const lowering = { protocol: 1, client: 'test', as: 'guest' };
    wire.send(request(901, 'hello', lowering) + request(902, 'shutdown', {}) + request(903, 'holdAll', {}));
    expect((await wire.answerTo(902)).error?.data?.code).toBe('FORBIDDEN');
    expect((await wire.answerTo(903)).error?.data?.code).toBe('FORBIDDEN');
    expect(room.fake.calls).toEqual([]);
  });

  test('of one session do not concern another', async () => {
    await room.attach({ as: 'guest' });
    const other = await room.attach({});
    expect(await outcomeIn(other, 'shutdown', {})).toMatchObject({ code: null });
  });

  test.each([
    ['read', 'restart', 'describe'],
    ['operate', 'changeSetting', 'restart'],
  ] as const)('may be limited to the access "%s"', async (allow, refused, allowed) => {
    const wire = await room.attach({ as: 'trusted', allow });
    const params = { restart: { id: 'web' }, describe: { id: 'web' }, changeSetting: { key: 'healing', value: null } };
    const outcome = await outcomeIn(wire, refused, params[refused]);
    expect(outcome).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining(`"${allow}"`) });
    expect(await outcomeIn(wire, allowed, params[allowed])).toMatchObject({ code: null });
  });

  test('of callers from the fleet follow the setting "fleet" at once', async () => {
    const wire = await room.attach({ as: 'fleet', caller: 'ann' });
    expect(await outcomeIn(wire, 'restart', { id: 'web' })).toMatchObject({ code: null });
    room.configure({ ...MANY, fleet: { allow: 'read' } });
    const refused = await outcomeIn(wire, 'restart', { id: 'web' });
    expect(refused).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('setting "fleet"') });
    room.configure({ ...MANY, fleet: { allow: 'admin', trust: ['ann'] } });
    expect(await outcomeIn(wire, 'changeSetting', { key: 'healing', value: null })).toMatchObject({ code: null });
    room.configure({ ...MANY, fleet: { allow: 'everything' } });
    expect(await outcomeIn(wire, 'restart', { id: 'web' })).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('of the fleet need a caller', async () => {
    await expect(room.attach({ as: 'fleet' })).rejects.toThrow('needs the name of a caller');
  });

  test('still include the streams, which only read', async () => {
    const wire = await room.attach({ as: 'fleet', caller: 'ann', allow: 'read' });
    expect((await wire.ask('subscribeSnapshot', {})).error).toBeUndefined();
    await waitFor(() => wire.notifications('snapshot').length > 0, 'the table');
    const { error } = await wire.ask('subscribeEvents', { afterSeq: 'x' });
    expect(error?.data?.code).toBe('INVALID_CONFIG');
  });

  test('limit how often a guest calls, over all of its sessions', async () => {
    room.configure({ api: { requestsPerSecond: 1 } });
    const wires = await Promise.all([1, 2].map(() => room.attach({ as: 'fleet', caller: 'busy' })));
    const outcomes = await Promise.all(wires.flatMap((wire) => [1, 2, 3].map(() => outcomeIn(wire, 'list', {}))));
    expect(outcomes.filter(({ code }) => code === 'TOO_MANY_REQUESTS').length).toBeGreaterThanOrEqual(3);
    const other = await room.attach({ as: 'fleet', caller: 'calm' });
    expect(await outcomeIn(other, 'list', {})).toMatchObject({ code: null });
  });
});
