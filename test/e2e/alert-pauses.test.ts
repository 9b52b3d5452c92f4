import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configureMail, SLEEPER } from '../support/alert-home.ts';
import { FakeTime } from '../support/fake-time.ts';
import { HealerHome } from '../support/healer-home.ts';
import { startMailServer } from '../support/mail-server.ts';
import { waitFor } from '../support/wait-for.ts';

/** Kills a program and waits until it runs again, or only for the event if nothing restarts it. */
async function crash(home: HealerHome, id: string, isRestarted = true): Promise<void> {
  const pid = await home.pid(id);
  process.kill(pid, 'SIGKILL');
  await home.event('crashed', (event) => event.process === id && event.pid === pid);
  if (isRestarted) await waitFor(async () => ((await home.row(id)).pid ?? pid) !== pid, `"${id}" to run again`);
}

test('what a maintenance window holds back is reported once afterwards, if the program is down', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  configureMail(home, server.port);
  await home.up(`web - - -- ${SLEEPER}`, `api - - -- ${SLEEPER}`, `mark - - -- ${SLEEPER}`);
  await home.ok('hold', 'web', 'api', '--for', '6s');
  await crash(home, 'web', false);
  await crash(home, 'api', false);
  // An operator restores one of them, which is what the window is for.
  await home.ok('start', 'api');
  await crash(home, 'mark');
  await waitFor(() => server.mails.length > 0, 'the mail about another program');
  expect(server.subjects()).toEqual(['[Self-Healing Monitor] Process Crash: mark']);
  await home.event('released');
  await waitFor(() => server.mails.length > 1, 'the mail after the window');
  await crash(home, 'mark');
  await home.ok('down');
  expect(server.subjects().filter((subject) => !subject.endsWith('mark'))).toEqual([
    '[Self-Healing Monitor] Process Crash: web',
  ]);
  expect(server.mails[1]?.text).toContain('killed by SIGKILL');
});

test('a window that ends early reports at once, and one without an end holds nothing back', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  configureMail(home, server.port);
  await home.up(`web - - -- ${SLEEPER}`, `api - - -- ${SLEEPER}`);
  await home.ok('hold', 'api');
  await crash(home, 'api', false);
  await waitFor(() => server.mails.length === 1, 'the mail about a pause without an end');
  await home.ok('hold', 'web', '--for', '1h');
  await crash(home, 'web', false);
  await home.ok('release', 'web');
  await waitFor(() => server.mails.length === 2, 'the mail after the early end');
  expect(server.subjects()).toEqual([
    '[Self-Healing Monitor] Process Crash: api',
    '[Self-Healing Monitor] Process Crash: web',
  ]);
  await home.down();
});

/** Returns the difference between the real time and a time of today, for libfaketime. */
function offsetTo(hours: number, minutes: number, seconds: number): string {
  const wanted = new Date();
  wanted.setHours(hours, minutes, seconds, 0);
  const difference = Math.round((wanted.getTime() - Date.now()) / 1000);
  return `${difference < 0 ? '' : '+'}${String(difference)}`;
}

test('quiet hours collect alerts in one message, also over the end of an engine', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  const time = new FakeTime(home.folder);
  home.extraEnv = time.env;
  time.set(offsetTo(6, 59, 20));
  configureMail(home, server.port);
  mkdirSync(home.paths.configDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(home.paths.configDir, 'alerts_config.txt'), 'quiet_hours = 22:00-07:00\n', { mode: 0o600 });
  await home.up(`web - - -- ${SLEEPER}`, `api - - -- ${SLEEPER}`);
  await crash(home, 'web');
  await crash(home, 'web');
  await waitFor(async () => (await home.ask((api) => api.status({}))).alerts.heldBack === 1, 'the first to wait');
  await home.killEngine();
  await home.up();
  await crash(home, 'api');
  await waitFor(async () => (await home.ask((api) => api.status({}))).alerts.heldBack === 3, 'three alerts to wait');
  expect(await home.ok('status')).toMatch(/quiet/);
  expect(server.mails).toEqual([]);
  time.set(offsetTo(6, 59, 57));
  await waitFor(() => server.mails.length > 0, 'the message after quiet hours', 75_000);
  const [mail] = server.mails;
  for (const name of ['web', 'api', 'healer']) expect(mail?.text).toMatch(new RegExp(`\\b${name}\\b`));
  await crash(home, 'api');
  await home.down();
  expect(server.mails).toHaveLength(1);
});
