import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callHttp, type HttpAnswer, type HttpCall } from '../support/api-room.ts';
import { freePort } from '../support/free-port.ts';
import { HealerHome } from '../support/healer-home.ts';

/** A user without privileges: `nobody` on most systems. */
const OTHER = 65_534;

/** Everything is allowed to guests, so that only the rules about executables can refuse a program. */
describe('a guest of a real engine', () => {
  let home: HealerHome;
  let port: number;
  let count = 0;
  const ask = (path: string, call: HttpCall = {}): Promise<HttpAnswer> => callHttp(port, path, call);
  const at = (...names: string[]): string => join(home.folder, ...names);

  /** Sets the whitelist over the local socket, since a guest may not. */
  const allow = async (...patterns: string[]): Promise<void> => {
    await home.ask((engine) => engine.changeSetting({ key: 'executable-whitelist', value: { patterns } }));
  };
  const forbid = async (...patterns: string[]): Promise<void> => {
    await home.ask((engine) => engine.changeSetting({ key: 'executable-blacklist', value: { patterns } }));
  };
  const register = (command: string, ...args: string[]): Promise<HttpAnswer> =>
    ask('/processes', {
      verb: 'POST',
      body: { id: `p${String(++count)}`, command, args, restart: { policy: 'never' } },
    });
  const expectRefused = async (...line: [string, ...string[]]): Promise<void> => {
    expect(await register(...line), line.join(' ')).toMatchObject({ status: 403, code: 'NOT_ALLOWED_EXECUTABLE' });
  };

  function program(...names: [string, ...string[]]): string {
    const path = at(...names);
    mkdirSync(join(path, '..'), { recursive: true });
    copyFileSync('/bin/sleep', path);
    chmodSync(path, 0o755);
    return path;
  }

  beforeAll(async () => {
    home = new HealerHome();
    port = await freePort();
    home.extraEnv = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: '0' };
    home.list('other - - -- sleep 100000');
    await home.up();
    await home.event('serving', ({ data }) => data['port'] === port);
    await home.ask((engine) => engine.changeSetting({ key: 'trusted-hosts', value: { hosts: ['10.9.9.9'] } }));
  });

  afterAll(async () => {
    await home.down();
    await home[Symbol.asyncDispose]();
  });

  test('reaches no program of the system by a wildcard, whatever it is called', async () => {
    await allow('/usr/bin/*', '/usr/sbin/*', '/bin/*', '/sbin/*', '/usr/**', '/**', '**/*');
    for (const name of ['sleep', 'id', 'touch', 'true', 'env', 'nice', 'bash', 'python3', 'fstab-decode', 'sort']) {
      await expectRefused(name, 'bash', '-c', 'id');
    }
    await allow('/usr/bin/sleep', '/usr/bin/*');
    expect(await register('sleep', '1')).toMatchObject({ status: 201 });
  });

  test('reaches no program of a virtual environment or of a package manager by a wildcard', async () => {
    await allow(at('**'), '/**');
    const gunicorn = program('venv', 'bin', 'app-server');
    writeFileSync(at('venv', 'pyvenv.cfg'), 'home = /usr/bin\n');
    const conda = program('conda', 'bin', 'app-server');
    mkdirSync(at('conda', 'conda-meta'));
    const tool = program('app', 'node_modules', 'tool', 'cli');
    mkdirSync(at('app', 'node_modules', '.bin'));
    symlinkSync(tool, at('app', 'node_modules', '.bin', 'tool'));
    const shim = program('asdf', 'shims', 'thing');
    for (const path of [gunicorn, conda, tool, at('app', 'node_modules', '.bin', 'tool'), shim])
      await expectRefused(path);
    const named = program('elsewhere', 'gunicorn');
    await expectRefused(named);
    await allow(gunicorn);
    expect(await register(gunicorn, '1')).toMatchObject({ status: 201 });
  });

  test('starts by an allowed launcher only what exists, can be examined and is allowed itself', async () => {
    const app = program('apps', 'server');
    await allow('/usr/bin/nice', '/usr/bin/env', '/usr/bin/prlimit', '/usr/bin/timeout', at('apps', '*'));
    await expectRefused('nice', at('apps', 'later'));
    writeFileSync(at('apps', 'not-yet'), '#!/bin/sh\n', { mode: 0o644 });
    await expectRefused('nice', at('apps', 'not-yet'));
    mkdirSync(at('open'));
    chmodSync(at('open'), 0o777);
    symlinkSync(app, at('open', 'link'));
    await expectRefused('nice', at('open', 'link'));
    await expectRefused(at('open', 'link'));
    for (const inProc of [
      `/proc/${String(process.pid)}/root${app}`,
      `/proc/self/root${app}`,
      '/proc/self/exe',
      '/dev/fd/0',
    ]) {
      await expectRefused('nice', inProc);
      await expectRefused(inProc);
    }
    await expectRefused('nice', './server');
    await expectRefused('nice', 'sh', '-c', 'id');
    await expectRefused('nice', app, '--shell=/bin/sh');
    await expectRefused('env', '-S', `${app} x`);
    await expectRefused('env', '-C', at('apps'), './server');
    await expectRefused('env', 'LD_PRELOAD=/tmp/x.so', app);
    await expectRefused('prlimit', '--core=unlimited', app);
    await expectRefused('timeout', '5', 'nice', 'env', 'A=1', 'nice', 'sh');
    symlinkSync(app, at('apps', 'link'));
    const answer = await register('timeout', '-k', '1', '50', 'nice', 'env', 'A=1', at('apps', 'link'), '50');
    expect(answer).toMatchObject({ status: 201 });
    const { text } = await ask(`/processes/p${String(count)}`);
    expect(JSON.parse(text).spec).toMatchObject({
      command: '/usr/bin/timeout',
      args: ['-k', '1', '50', '/usr/bin/nice', '/usr/bin/env', 'A=1', app, '50'],
    });
  });

  test('has the arguments of a launcher replaced too when a change makes them what is executed', async () => {
    const app = program('changed', 'server');
    symlinkSync(app, at('changed', 'link'));
    await allow('/usr/bin/nice', at('changed', '*'));
    expect(await register(app, at('changed', 'link'), '9')).toMatchObject({ status: 201 });
    const path = `/processes/p${String(count)}`;
    expect(await ask(path, { verb: 'PATCH', body: { command: 'nice' } })).toMatchObject({ status: 200 });
    expect(JSON.parse((await ask(path)).text).spec).toMatchObject({ command: '/usr/bin/nice', args: [app, '9'] });
  });

  test('reaches nothing else by launchers that the whitelist does not name exactly', async () => {
    const app = program('chain', 'server');
    await allow('/usr/bin/*', '/usr/sbin/*', at('chain', '*'));
    for (const [launcher, ...args] of [
      ['flock', '/tmp/lock', '-c', 'id'],
      ['xargs', 'id'],
      ['setsid', app],
      ['unshare', app],
      ['chroot', '/', app],
      ['script', '-c', 'id'],
    ] as const) {
      await expectRefused(launcher, ...args);
    }
    copyFileSync('/usr/bin/env', at('chain', 'harmless'));
    chmodSync(at('chain', 'harmless'), 0o755);
    await expectRefused(at('chain', 'harmless'), 'sh');
    linkSync(at('chain', 'harmless'), at('chain', 'hard'));
    await expectRefused(at('chain', 'hard'), 'sh');
  });

  test('cannot execute what others can replace, by an access list, through a folder, or through a chain of scripts', async () => {
    await allow(at('owned', '*'));
    const listed = program('owned', 'listed');
    execFileSync('setfacl', ['-m', `u:${String(OTHER)}:rwx`, listed]);
    await expectRefused(listed);
    const plain = program('owned', 'plain');
    expect(await register(plain, '1')).toMatchObject({ status: 201 });
    const interpreter = program('interpreters', 'run');
    const inner = home.write('interpreters/inner', `#!${interpreter}\n`);
    const script = home.write('owned/script', `#!${inner}\n`);
    expect(await register(script)).toMatchObject({ status: 201 });
    execFileSync('setfacl', ['-m', `g:${String(OTHER)}:rwx`, interpreter]);
    await expectRefused(script);
    execFileSync('setfacl', ['-m', `u:${String(OTHER)}:rwx`, at('owned')]);
    await expectRefused(plain);
  });

  test('cannot execute a script that the blacklist names at any depth, also by an interpreter that is allowed', async () => {
    mkdirSync(at('scripts', 'deep'), { recursive: true });
    const script = home.write('scripts/deep/run.sh', '#!/bin/sh\ntouch ran\n');
    const other = home.write('scripts/deep/run', '#!/bin/sh\nsleep 1\n');
    await allow('/usr/bin/dash', '/usr/bin/bash', at('scripts', '**'));
    await forbid('**/*.sh');
    await expectRefused(script);
    await expectRefused('bash', script);
    await expectRefused('bash', `${at('scripts')}/./deep/../deep/RUN.sh`.replace('RUN', 'run'));
    symlinkSync(script, at('scripts', 'innocent'));
    await expectRefused('bash', at('scripts', 'innocent'));
    expect(await register(other)).toMatchObject({ status: 201 });
    await forbid();
    expect(existsSync(at('ran'))).toBe(false);
  });
});

test('a whitelist that has less or more effect than it seems to have is reported wherever it is set or used', async () => {
  await using home = new HealerHome();
  const port = await freePort();
  home.extraEnv = { HEALER_API_PORT: String(port), HEALER_ALIVENESS_PORT: '0' };
  home.list('other - - -- sleep 100000');
  const set = (...patterns: string[]) =>
    home.run('config', 'set', 'executable-whitelist', JSON.stringify({ patterns }));
  const noEffect = 'the pattern "/usr/bin/*" of the executable whitelist has no effect';
  const everything = '"/usr/bin/flock" on the executable whitelist starts the program that its arguments name';
  const offline = await set('/usr/bin/*', '/usr/bin/flock', '/usr/bin/nice');
  expect(offline).toMatchObject({ code: 0, stderr: expect.stringContaining(noEffect) });
  expect(offline.stderr).toContain(everything);
  expect(offline.stderr).not.toContain('nice');
  expect((await home.run('doctor')).stdout).toContain(noEffect);
  const up = await home.run('up', '-f', home.listFile);
  expect(up).toMatchObject({ code: 0, stderr: expect.stringContaining(noEffect) });
  await home.event('serving', ({ data }) => data['port'] === port);
  await home.event('config-invalid', ({ reason }) => reason.includes(noEffect));
  expect(await home.ok('status')).toContain(noEffect);
  const online = await set('/usr/bin/*');
  expect(online).toMatchObject({ code: 0, stderr: expect.stringContaining(noEffect) });
  const put = (...patterns: string[]) =>
    callHttp(port, '/config/executable-whitelist', { verb: 'PUT', body: { patterns } });
  expect(JSON.parse((await put('/usr/bin/flock')).text)).toEqual({
    patterns: ['/usr/bin/flock'],
    warnings: [expect.stringContaining(everything)],
  });
  expect(JSON.parse((await put('/usr/bin/sleep')).text)).toEqual({ patterns: ['/usr/bin/sleep'] });
  const { degraded } = JSON.parse(await home.ok('status', '--json')) as { degraded: string[] };
  expect(degraded.join()).not.toContain('whitelist');
  expect(
    JSON.parse(
      (await callHttp(port, '/config/executable-blacklist', { verb: 'PUT', body: { patterns: ['**/*.sh'] } })).text,
    ),
  ).toEqual({
    patterns: ['**/*.sh'],
  });
  await home.down();
});
