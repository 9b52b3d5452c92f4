import { chmodSync, copyFileSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RemoteHealerClient } from '../../src/client/index.ts';
import { callHttp, type HttpCall } from '../support/api-room.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 30_000;
const SLEEPY = `sleepy - - -- ${process.execPath} -e "setInterval(() => undefined, 1000)"`;

async function open(lines: readonly string[] = []): Promise<{ home: HealerHome; port: number }> {
  const home = new HealerHome();
  const port = await freePort();
  home.extraEnv = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: '0' };
  home.list(...lines);
  await home.up();
  await home.event('serving', ({ data }) => data['port'] === port);
  return { home, port };
}

describe('an engine over its remote API', () => {
  let home: HealerHome;
  let port: number;
  const ask = (path: string, call: HttpCall = {}) => callHttp(port, path, call);
  const allow = (...patterns: string[]) => ask('/config/executable-whitelist', { verb: 'PUT', body: { patterns } });
  const register = (definition: object) => ask('/processes', { verb: 'POST', body: definition });

  beforeAll(async () => {
    ({ home, port } = await open([SLEEPY]));
  });

  afterAll(async () => {
    await home.down();
    await home[Symbol.asyncDispose]();
  });

  test('is operated by the command line like a local one', async () => {
    const host = ['--host', `http://127.0.0.1:${port}`];
    expect(JSON.parse(await home.ok(...host, 'ls', '--json'))).toMatchObject([{ id: 'sleepy' }]);
    expect(await home.ok(...host, 'stop', 'sleepy')).toContain('stopped "sleepy"');
    expect(await home.ok(...host, 'start', 'sleepy')).toContain('started "sleepy"');
    expect(await home.ok(...host, 'config', 'get', 'healing')).toBe('heal\n');
    expect(await home.ok(...host, 'events', '-n', '5')).toContain('sleepy');
    expect(await home.run(...host, 'start', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nobody'),
    });
    expect(await home.run(...host, 'up')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('this machine only'),
    });
    const nowhere = await home.run('--host', `http://127.0.0.1:${await freePort()}`, 'ls');
    expect(nowhere).toMatchObject({ code: 3, stderr: expect.stringContaining('cannot reach an engine') });
  });

  test('registers what the whitelist allows, by its real path, and removes it again', async () => {
    const folder = join(home.folder, 'apps');
    mkdirSync(folder);
    const program = join(folder, 'napper');
    copyFileSync('/bin/sleep', program);
    chmodSync(program, 0o755);
    symlinkSync(program, join(folder, 'link'));
    await allow(join(folder, '*'));
    expect(
      await register({ id: 'nap', command: join(folder, 'link'), args: ['1000'], env: { PASSWORD: 'hush' } }),
    ).toMatchObject({ status: 201 });
    await home.state('nap', 'running');
    const { text } = await ask('/processes/nap');
    expect(JSON.parse(text).spec.command).toBe(program);
    expect(text).not.toContain('hush');
    expect(await register({ id: 'nap', command: program })).toMatchObject({ status: 409, code: 'ALREADY_EXISTS' });
    expect(await ask('/processes/nap', { verb: 'DELETE' })).toMatchObject({ status: 200 });
    expect(await ask('/processes/nap')).toMatchObject({ status: 404, code: 'PROCESS_NOT_FOUND' });
  });

  test('rejects every way around the whitelist, including changes of an existing program', async () => {
    const folder = join(home.folder, 'tricks');
    mkdirSync(folder);
    const own = join(folder, 'app');
    copyFileSync('/bin/sleep', own);
    chmodSync(own, 0o755);
    symlinkSync('/bin/sh', join(folder, 'to-shell'));
    symlinkSync('/bin', join(folder, 'to-bin'));
    const open = join(folder, 'open');
    copyFileSync('/bin/sleep', open);
    chmodSync(open, 0o777);
    const quiet = join(folder, 'quiet');
    copyFileSync('/bin/sh', quiet);
    chmodSync(quiet, 0o755);
    linkSync(quiet, join(folder, 'hard'));
    const script = home.write('tricks/script', '#!./interpreter\n');
    symlinkSync(folder, join(home.folder, 'another-way'));
    home.write('tricks/never', '#!/bin/sh\nexec sleep 1000\n');
    await allow(join(folder, '**'), '/usr/bin/env');
    const forbidden = { patterns: [join(home.folder, 'another-way', 'nev*')] };
    await ask('/config/executable-blacklist', { verb: 'PUT', body: forbidden });
    const definitions: object[] = [
      { command: join(folder, 'to-shell'), args: ['-c', 'id'] },
      { command: join(folder, 'to-bin', 'sleep') },
      { command: `${folder}/../../../../../bin/sleep` },
      { command: './app', cwd: folder },
      { command: open },
      { command: 'sh', args: ['-c', 'id'] },
      { command: '/usr/bin/env', args: ['sh', '-c', 'id'] },
      { command: '/usr/bin/env', args: ['-S', 'sh -c id'] },
      { command: own, env: { LD_PRELOAD: '/tmp/x.so' } },
      { command: own, env: { PATH: '/tmp' } },
      { command: own, shell: true },
      { command: own, user: 'nobody' },
      { command: own, envFile: '/etc/passwd' },
      { command: own, health: { check: { type: 'exec', command: 'sh', args: ['-c', 'id'] } } },
      { command: `${own}\0/bin/sh` },
      { command: quiet, args: ['-c', 'id'] },
      { command: join(folder, 'hard'), args: ['-c', 'id'] },
      { command: script },
      { command: join(folder, 'never') },
      { command: '/usr/bin/env', args: ['LD_PRELOAD=/tmp/x.so', own] },
      { command: '/usr/bin/env', args: ['-C', '/bin', './sh'] },
      { command: own, rlimits: { core: 'unlimited' }, cwd: '/etc/cron.d' },
      { command: own, health: { check: { type: 'http', url: 'http://127.0.0.1%2eevil.example/' } } },
    ];
    for (const [index, definition] of definitions.entries()) {
      const answer = await register({ id: `trick-${index}`, ...definition });
      expect(answer, JSON.stringify(definition)).toMatchObject({ status: 403, code: 'NOT_ALLOWED_EXECUTABLE' });
    }
    const change = (changes: object) => ask('/processes/sleepy', { verb: 'PATCH', body: changes });
    expect(await change({ command: '/bin/sh' })).toMatchObject({ status: 403 });
    expect(await change({ env: { NODE_OPTIONS: '--require=/tmp/x.js' } })).toMatchObject({ status: 403 });
    expect(await change({ args: ['-e', 'process.exit()'] })).toMatchObject({ status: 403 });
    expect(await change({ limits: { memoryMb: 900 } })).toMatchObject({ status: 200 });
    expect((await home.rows()).size).toBe(1);
  });

  test('checks the resulting definition of a change, also for two concurrent changes', async () => {
    const app = home.write('app', '#!/bin/sh\nexec sleep 1000\n');
    await allow(app, '/usr/bin/env');
    const check = { type: 'http' as const, url: 'http://127.0.0.1:9/', headers: { authorization: 'hush' } };
    await home.ask((engine) =>
      engine.add({ definition: { id: 'own', command: app, env: { PATH: '/opt/own:/bin' }, health: { check } } }),
    );
    const change = (id: string, changes: object) => ask(`/processes/${id}`, { verb: 'PATCH', body: changes });
    // Its variables stay, even if other fields are changed.
    expect(await change('own', { env: {}, args: ['x'] })).toMatchObject({ status: 403 });
    expect(await register({ id: 'other', command: app, health: { check } })).toMatchObject({ status: 201 });
    const elsewhere = { check: { type: 'http', url: 'http://127.0.0.1:10/' } };
    const moved = await change('other', { health: elsewhere });
    expect(moved).toMatchObject({ status: 403, code: 'NOT_ALLOWED_EXECUTABLE' });
    expect(moved.text).toContain('would send the header \\"authorization\\" to another address');
    const both = await Promise.all([
      change('other', { command: '/usr/bin/env' }),
      change('other', { args: ['sh', '-c', 'id'] }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 403]);
    for (const id of ['own', 'other']) await ask(`/processes/${id}`, { verb: 'DELETE' });
  });

  test('the library continues after a restart of the engine and misses no event', async () => {
    const client = await RemoteHealerClient.connect({ url: `http://127.0.0.1:${port}` });
    const [newest] = await client.api.events({ limit: 1 });
    const events = client.events({ afterSeq: newest?.seq ?? 0 });
    await client.restart('sleepy');
    const seen: number[] = [(await events.next()).value?.seq ?? 0];
    await home.killEngine();
    await home.up();
    const target = (await home.event('engine-started', ({ seq }) => seq > (seen[0] ?? 0))).seq;
    for await (const { seq } of events) {
      seen.push(seq);
      if (seq >= target) break;
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, at) => (newest?.seq ?? 0) + 1 + at));
    client.close();
  });

  test('has a separate aliveness server', async () => {
    const { data } = await home.event('serving', (event) => event.reason.includes('aliveness'));
    const at = data['port'] as number;
    expect(await callHttp(at, '/alive', {})).toMatchObject({ status: 200, text: 'OK' });
    expect(JSON.parse((await callHttp(at, '/status', {})).text)).toMatchObject({
      instanceId: 'default',
      pid: await home.enginePid(),
    });
    expect(await callHttp(at, '/alive', { verb: 'POST' })).toMatchObject({ status: 404 });
    expect(await callHttp(at, '/alive', { headers: { host: 'evil.example' } })).toMatchObject({ status: 403 });
    expect(await callHttp(at, '/processes', {})).toMatchObject({ status: 404 });
  });
});

test('settings of the remote API take effect at once, and invalid ones are reported', async () => {
  await using home = new HealerHome();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const api = (value: object): Promise<string> => home.ok('config', 'set', 'api', JSON.stringify(value));
  const degraded = async (): Promise<string> => (await home.ask((engine) => engine.status({}))).degraded.join();
  home.extraEnv = { HEALER_API_PORT: '' };
  await api({ port });
  await home.up(SLEEPY);
  await waitFor(
    async () => (await degraded()).includes('remote API is not available: cannot listen'),
    'the port conflict to be reported',
  );
  await home.state('sleepy', 'running');

  const free = await freePort();
  await api({ port: free });
  await waitFor(
    async () => (await callHttp(free, '/processes', {})).status === 200,
    'the API on another port',
    PATIENCE_MS,
  );
  expect(await degraded()).toBe('');

  await api({ port: free, host: '0.0.0.0' });
  await waitFor(
    async () => (await degraded()).includes('is reachable from other hosts and no token is set'),
    'the refusal to listen on all addresses',
    PATIENCE_MS,
  );

  const tokenFile = join(home.folder, 'token');
  writeFileSync(tokenFile, 'a-token-with-enough-characters\n', { mode: 0o644 });
  await api({ port: free, host: '0.0.0.0', tokenFile });
  await waitFor(
    async () => (await degraded()).includes('other users can read it'),
    'the readable token file to be reported',
    PATIENCE_MS,
  );
  chmodSync(tokenFile, 0o600);
  const authorization = 'Bearer a-token-with-enough-characters';
  await api({ port: free, host: '0.0.0.0', tokenFile, names: ['box'] });
  await waitFor(
    async () => (await callHttp(free, '/processes', { headers: { authorization, host: 'box' } })).status === 200,
    'the API behind a token, under a name',
    PATIENCE_MS,
  );
  expect(await callHttp(free, '/processes', {})).toMatchObject({ status: 401 });
  expect(
    JSON.parse(await home.ok('--host', `127.0.0.1:${free}`, '--token-file', tokenFile, 'ls', '--json')),
  ).toHaveLength(1);
  await home.down();
  taken.close();
});
