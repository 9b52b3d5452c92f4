import { chownSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { showNotification } from '../../src/engine/alerts/delivery/show-notification.ts';
import { SLEEPER } from '../support/alert-home.ts';
import { message } from '../support/alerts.ts';
import { DesktopBus } from '../support/desktop-bus.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** The session of this user is where logins create it: in /run/user. */
const NOBODY = 65_534;
const RUNTIME = `/run/user/${String(NOBODY)}`;

beforeEach(() => {
  mkdirSync(RUNTIME, { recursive: true, mode: 0o700 });
  chownSync(RUNTIME, NOBODY, NOBODY);
});
afterEach(() => rmSync(RUNTIME, { recursive: true, force: true }));

test('an engine of root shows notifications in the session of the user that desktop_user names', async () => {
  await using bus = await DesktopBus.open({ address: `unix:path=${RUNTIME}/bus`, uid: NOBODY });
  await bus.startDaemon('takes');
  await using home = new HealerHome();
  mkdirSync(home.paths.configDir, { recursive: true, mode: 0o700 });
  const settings = 'desktop = true\ndesktop_user = nobody\n';
  writeFileSync(join(home.paths.configDir, 'alerts_config.txt'), settings, { mode: 0o600 });
  await home.up(`web - - -- ${SLEEPER}`);
  process.kill(await home.pid('web'), 'SIGKILL');
  await waitFor(() => bus.shown.length > 0, 'the notification');
  const { alerts } = await home.ask((api) => api.status({}));
  expect(alerts.channels).toEqual(['desktop notifications to nobody']);
  expect(await home.ok('test-email')).toMatch(/^ok {6}send a "crash" alert by desktop/);
  expect(bus.shown).toHaveLength(2);
  await home.down();
});

test('without a session of that user, or such a user, the reason is reported', async () => {
  const settings = { urgency: 'normal' as const };
  expect(await showNotification(message(), { ...settings, user: 'nobody' })).toMatchObject({
    cause: 'no-session',
    message:
      'nobody has no desktop session, so the notification was not shown (log in as nobody, or change desktop_user)',
  });
  expect(await showNotification(message(), { ...settings, user: 'nosuchuser' })).toMatchObject({
    message: 'desktop_user: there is no user "nosuchuser" (check the name)',
  });
  process.seteuid?.(NOBODY);
  const failure = await showNotification(message(), { ...settings, user: 'root' });
  process.seteuid?.(0);
  expect(failure?.message).toMatch(/^only an engine of root can show notifications to another user/);
});

test('secrets in the environment of an engine of root do not reach the user', async () => {
  await using bus = await DesktopBus.open({ address: `unix:path=${RUNTIME}/bus`, uid: NOBODY });
  await using home = new HealerHome();
  const seen = join(RUNTIME, 'environment');
  writeFileSync(join(RUNTIME, 'notify-send'), `#!/bin/sh\n{ env; id -u; id -G; } > ${seen}\n`, { mode: 0o755 });
  home.extraEnv = { PATH: `${RUNTIME}:${process.env['PATH'] ?? ''}`, HEALER_WEBHOOK_SECRET: 'open sesame' };
  mkdirSync(home.paths.configDir, { recursive: true, mode: 0o700 });
  const settings = 'desktop = true\ndesktop_user = 65534\n';
  writeFileSync(join(home.paths.configDir, 'alerts_config.txt'), settings, { mode: 0o600 });
  await home.ok('test-email');
  expect(bus.shown).toEqual([]);
  const text = readFileSync(seen, 'utf8');
  expect(text).not.toContain('sesame');
  expect(text.trim().split('\n').slice(-2)).toEqual(['65534', '65534']);
});
