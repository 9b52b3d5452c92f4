import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Permission, PERMISSIONS } from '../../src/protocol/permissions.ts';
import { callHttp, type HttpAnswer, type HttpCall } from '../support/api-room.ts';
import { CHANGE_CASES } from '../support/change-effects.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';

const ALL = Object.keys(PERMISSIONS) as Permission[];
const UNION: readonly Permission[] = ['allowStart', 'allowStop', 'allowDisable'];

describe('a guest of a real engine', () => {
  let home: HealerHome;
  let port: number;
  const ask = (path: string, call: HttpCall = {}): Promise<HttpAnswer> => callHttp(port, path, call);
  const change = (body: object): Promise<HttpAnswer> => ask('/processes/victim', { verb: 'PATCH', body });
  const permit = async (...permissions: readonly Permission[]): Promise<void> => {
    const value = Object.fromEntries(ALL.map((name) => [name, permissions.includes(name)]));
    await home.ask((engine) => engine.changeSetting({ key: 'remote-access', value }));
  };
  const set = (key: string, value: Record<string, string | number | string[]>) =>
    home.ask((engine) => engine.changeSetting({ key, value }));
  const define = (): Promise<unknown> =>
    home.ask((engine) => engine.add({ definition: { id: 'victim', command: 'sleep', args: ['100000'] } }));

  beforeAll(async () => {
    home = new HealerHome();
    port = await freePort();
    home.extraEnv = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: '0' };
    home.list('other - - -- sleep 100000');
    await home.up();
    await home.event('serving', ({ data }) => data['port'] === port);
    await set('trusted-hosts', { hosts: ['10.9.9.9'] });
    await set('executable-whitelist', { patterns: ['/usr/bin/sleep'] });
    await set('api', { requestsPerSecond: 100_000 });
    await define();
  });

  afterAll(async () => {
    await home.down();
    await home[Symbol.asyncDispose]();
  });

  test('that may only register can change nothing that has an effect on a running program', async () => {
    const { pid } = await home.state('victim', 'running');
    await permit('allowRegister');
    for (const { changes, active } of CHANGE_CASES) {
      const expected = active.length === 0 ? { status: 200 } : { status: 403, code: 'FORBIDDEN' };
      expect(await change(changes), JSON.stringify(changes)).toMatchObject(expected);
    }
    const row = await home.row('victim');
    expect(row).toMatchObject({ pid, state: 'running', restarts: 0 });
    expect(await ask('/processes/victim', { verb: 'DELETE' })).toMatchObject({ status: 403 });
    expect(await ask('/processes/victim/disable', { verb: 'POST' })).toMatchObject({ status: 403 });
    await permit('allowDeregister', 'allowDisable');
    for (const call of [
      ask('/processes/victim', { verb: 'DELETE' }),
      ask('/processes/victim/disable', { verb: 'POST' }),
    ]) {
      expect((await call).text).toContain('allowStop is off');
    }
    expect(await home.row('victim')).toMatchObject({ pid, state: 'running' });
  });

  test.each(CHANGE_CASES.filter(({ active }) => active.some((each) => UNION.includes(each))))(
    'needs $active for $changes: without one of them nothing happens, with all of them it is applied',
    async ({ changes, active }) => {
      const { pid } = await home.state('victim', 'running');
      for (const missing of active) {
        await permit(...ALL.filter((name) => name !== missing));
        expect((await change(changes)).text).toContain(missing);
        expect(await home.row('victim')).toMatchObject({ pid });
      }
      await permit('allowRegister', ...active);
      expect(await change(changes)).toMatchObject({ status: 200 });
      await home.ask((engine) => engine.remove({ id: 'victim' }));
      await define();
    },
  );

  test('cannot start a program by adding it, in any way, without the permission to start', async () => {
    const added = { command: '/usr/bin/sleep', args: ['100000'] };
    const add = (body: object): Promise<HttpAnswer> => ask('/processes', { verb: 'POST', body: { ...added, ...body } });
    await permit('allowRegister', 'allowAutostart');
    expect(await add({ id: 'a' })).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect(await add({ id: 'b', autostart: false, schedule: '* * * * * *' })).toMatchObject({ status: 403 });
    expect(await add({ id: 'victim', autostart: false })).toMatchObject({ status: 409, code: 'ALREADY_EXISTS' });
    expect(await add({ id: 'c', autostart: false, dependsOn: ['victim'] })).toMatchObject({ status: 201 });
    expect(await home.row('c')).toMatchObject({ state: 'stopped' });
    await permit('allowRegister', 'allowAutostart', 'allowStart');
    expect(await add({ id: 'd' })).toMatchObject({ status: 201 });
    await home.state('d', 'running');
  });

  test('cannot make others wait for longer than ten minutes', async () => {
    await permit(...ALL);
    const long = { stop: { signal: 'SIGWINCH', gracefulTimeoutMs: 2_000_000_000 } };
    expect(await change(long)).toMatchObject({ status: 422, code: 'INVALID_CONFIG' });
    const added = { id: 'slow', command: '/usr/bin/sleep', args: ['100000'], ...long };
    expect(await ask('/processes', { verb: 'POST', body: added })).toMatchObject({ status: 422 });
    const stop = { verb: 'POST', body: { timeoutMs: 86_400_000 } };
    expect(await ask('/processes/victim/stop', stop)).toMatchObject({ status: 422 });
    expect(await ask('/processes/victim/restart', stop)).toMatchObject({ status: 422 });
    expect(await change({ stop: { gracefulTimeoutMs: 600_000 } })).toMatchObject({ status: 200 });
    for (const text of ['11m', '20h', '24d']) {
      expect(await change({ stop: { gracefulTimeoutMs: text } }), text).toMatchObject({ status: 422 });
      expect(await change({ healTimeoutMs: text }), text).toMatchObject({ status: 422 });
      expect(await change({ restart: { backoffMs: [text] } }), text).toMatchObject({ status: 422 });
    }
    expect((await home.row('victim')).state).toBe('running');
  });

  test('cannot hold up the engine with an expression that takes long to match', async () => {
    await permit(...ALL);
    const withBody = (body: string) =>
      change({ health: { check: { type: 'http', url: 'http://127.0.0.1:9/', body } } });
    for (const body of ['(?=(a+)+$)x', '(a+)\\1', '(', '(a{1,1000}){1,1000}', 'x'.repeat(1_001)]) {
      const refused = await withBody(body);
      expect(refused, body).toMatchObject({ status: 422, code: 'INVALID_CONFIG' });
      expect(refused.text).toContain('the expression of the health check cannot be used');
    }
    expect(await withBody('^(a+)+$')).toMatchObject({ status: 200 });
    expect(await change({ health: null })).toMatchObject({ status: 200 });
  });

  test('cannot pause healing for longer than a day', async () => {
    await permit(...ALL);
    const hold = (path: string, body: object): Promise<HttpAnswer> => ask(path, { verb: 'POST', body });
    expect(await hold('/processes/victim/hold', { forMs: 2_147_483_647 })).toMatchObject({ status: 422 });
    const selected = { operation: 'hold', select: ['victim'] };
    expect(await hold('/operations', { ...selected, forMs: 2_147_483_647 })).toMatchObject({ status: 422 });
    for (const [path, body] of [
      ['/processes/victim/hold', {}],
      ['/operations', selected],
    ] as const) {
      expect(await hold(path, body)).toMatchObject({ status: 200 });
      const held = await home.event('held', ({ process }) => process === 'victim');
      expect(held.reason).toMatch(/^healing paused by the operator until 20\d\d-/);
      expect(await ask('/processes/victim/release', { verb: 'POST' })).toMatchObject({ status: 200 });
    }
  });

  test('cannot remove a program that another one depends on', async () => {
    await permit(...ALL);
    const added = { command: '/usr/bin/sleep', args: ['100000'], autostart: false };
    for (const body of [
      { ...added, id: 'base' },
      { ...added, id: 'user', dependsOn: ['base'] },
    ]) {
      expect(await ask('/processes', { verb: 'POST', body })).toMatchObject({ status: 201 });
    }
    const refused = await ask('/processes/base', { verb: 'DELETE' });
    expect(refused).toMatchObject({ status: 409, code: 'INVALID_STATE' });
    expect(refused.text).toContain('\\"user\\" depends on it');
    expect(await ask('/processes/user', { verb: 'DELETE' })).toMatchObject({ status: 200 });
    expect(await ask('/processes/base', { verb: 'DELETE' })).toMatchObject({ status: 200 });
  });
});
