import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configureMail, SLEEPER } from '../support/alert-home.ts';
import { startCuttingProxy } from '../support/cutting-proxy.ts';
import { HealerHome } from '../support/healer-home.ts';
import { startMailServer } from '../support/mail-server.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 20_000;

test('sends a mail about a crash with the last output, and none about operations', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  configureMail(home, server.port);
  await home.up(`web - - -- ${process.execPath} -e "console.log('last words'); setInterval(() => {}, 1000)"`);
  await waitFor(async () => (await home.ask((api) => api.logs({ id: 'web' }))).length > 0, 'output of the program');
  await home.ok('restart', 'web');
  await home.ok('stop', 'web');
  await home.ok('start', 'web');
  process.kill(await home.pid('web'), 'SIGKILL');
  await waitFor(() => server.mails.length > 0, 'the mail', PATIENCE_MS);
  expect(server.mails[0]?.text).toContain('| last words');
  const { alerts } = await home.ask((api) => api.status({}));
  expect(alerts).toMatchObject({ channels: ['mail to ops@example.com'], failingSince: null, problem: null });
  await waitFor(async () => (await home.ok('status')).includes('last sent'), 'status to report it');
  await home.down();
  expect(server.subjects()).toEqual(['[Self-Healing Monitor] Process Crash: web']);
});

test('names every program in a few mails if many crash at once', async () => {
  const count = 60;
  await using home = new HealerHome();
  await using server = await startMailServer();
  configureMail(home, server.port);
  const ids = Array.from({ length: count }, (_, index) => `worker-${index}`);
  await home.up(...ids.map((id) => `${id} - - -- ${SLEEPER}`));
  await waitFor(async () => [...(await home.rows()).values()].every(({ state }) => state === 'running'), 'all to run');
  for (const { pid } of (await home.rows()).values()) process.kill(pid ?? 0, 'SIGKILL');
  const missing = (): string[] =>
    ids.filter((id) => !server.mails.some(({ text, subject }) => new RegExp(`\\b${id}\\b`).test(`${subject} ${text}`)));
  await waitFor(() => missing().length === 0, 'mails that name every program');
  expect(server.mails.length).toBeLessThanOrEqual(15);
});

test('delivers each mail once, wherever the connection is cut', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  await using proxy = await startCuttingProxy(server.port, ['connect', 'body']);
  configureMail(home, proxy.port);
  await home.up(`one - - -- ${SLEEPER}`, `two - - -- ${SLEEPER}`);
  for (const id of ['one', 'two']) process.kill(await home.pid(id), 'SIGKILL');
  await home.event('alert-failed');
  await home.event('alerts-recovered');
  await waitFor(() => server.mails.length === 2, 'both mails', PATIENCE_MS);
  await home.down();
  expect(server.subjects().sort()).toEqual([
    '[Self-Healing Monitor] Process Crash: one',
    '[Self-Healing Monitor] Process Crash: two',
  ]);
});

test('keeps mails while no server is available, even if the engine dies, and sends them after the settings change', async () => {
  await using home = new HealerHome();
  const gone = await startMailServer();
  await gone[Symbol.asyncDispose]();
  configureMail(home, gone.port);
  await home.up(`web - - -- ${SLEEPER}`);
  process.kill(await home.pid('web'), 'SIGKILL');
  await home.event('alert-failed');
  const { alerts } = await home.ask((api) => api.status({}));
  expect(alerts.waiting).toBe(1);
  expect(alerts.problem).toContain('check smtp_server');
  await home.killEngine();
  await home.up();
  await using server = await startMailServer();
  configureMail(home, server.port);
  await waitFor(() => server.mails.length === 2, 'both mails', PATIENCE_MS);
  expect(server.subjects()).toEqual([
    '[Self-Healing Monitor] Process Crash: web',
    '[Self-Healing Monitor] Engine Recovered: healer',
  ]);
  await waitFor(() => readdirSync(join(home.paths.spoolDir, 'email')).length === 0, 'the alert queue to be empty');
});

test('an engine that is killed repeatedly loses no alert', async () => {
  const kills = Number(process.env['HEALER_TEST_KILLS'] ?? 4);
  await using home = new HealerHome();
  await using server = await startMailServer();
  configureMail(home, server.port, 'rate_limit_seconds = 0');
  await home.up(`web - - -- ${SLEEPER}`);
  const crashed = new Set<number>();
  for (let round = 0; round < kills; round += 1) {
    const pid = await waitFor(async () => (await home.row('web')).pid, 'the program to run', PATIENCE_MS);
    process.kill(pid, 'SIGKILL');
    crashed.add(pid);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 400));
    await home.killEngine();
    await home.up();
    if ((await home.row('web')).state === 'cooldown') await home.ok('cooldown', 'reset', 'web');
  }
  const mentioned = (): Set<number> =>
    new Set(server.mails.flatMap(({ text }) => Number(/PID +(\d+)/.exec(text ?? '')?.[1])));
  await waitFor(() => [...crashed].every((pid) => mentioned().has(pid)), 'a mail about every crash', PATIENCE_MS);
  const ids = server.messageIds();
  expect(ids.length - new Set(ids).size).toBeLessThanOrEqual(kills);
}, 600_000);

test('secrets appear in no file, event, response, argument or mail', async () => {
  await using home = new HealerHome();
  const secret = 'Tr0ub4dor&3';
  await using server = await startMailServer({
    authOptional: false,
    onAuth: (auth, _session, done) => done(new Error(`no such login: ${auth.password ?? ''}`)),
  });
  configureMail(home, server.port, `sender_password = ${secret}`);
  await home.up(`web - - -- ${SLEEPER}`);
  process.kill(await home.pid('web'), 'SIGKILL');
  const { reason } = await home.event('alert-failed');
  expect(reason).toContain('sender_password');
  const files = readdirSync(home.paths.stateDir, { recursive: true, withFileTypes: true });
  const contents = files
    .filter((file) => file.isFile())
    .map((file) => readFileSync(join(file.parentPath, file.name), 'utf8'));
  const commands = home.survivors().map(({ command }) => command);
  const answers = [await home.ok('status', '--json'), await home.ok('describe', 'web', '--json'), reason];
  for (const text of [...contents, ...commands, ...answers]) expect(text).not.toContain(secret);
});

test('invalid settings are reported with their position, and can be fixed without a restart', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  configureMail(home, server.port, 'smtp_port = many');
  await home.up(`web - - -- ${SLEEPER}`);
  const { reason } = await home.event('config-invalid');
  expect(reason).toMatch(/email_config\.txt:6:13: invalid smtp_port/);
  process.kill(await home.pid('web'), 'SIGKILL');
  await home.event('crashed');
  configureMail(home, server.port);
  await waitFor(() => server.mails.length === 1, 'the mail about the earlier crash', PATIENCE_MS);
});
