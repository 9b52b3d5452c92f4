import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SLEEPER } from '../support/alert-home.ts';
import { DesktopBus } from '../support/desktop-bus.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

test('a desktop notification counts as sent once a notification daemon took it', async () => {
  await using bus = await DesktopBus.open();
  await using home = new HealerHome();
  home.extraEnv = { DBUS_SESSION_BUS_ADDRESS: bus.address };
  mkdirSync(home.paths.configDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(home.paths.configDir, 'alerts_config.txt'), 'desktop = true\n', { mode: 0o600 });
  await home.up(`web - - -- ${SLEEPER}`);
  process.kill(await home.pid('web'), 'SIGKILL');
  const { reason } = await home.event('alert-failed');
  expect(reason).toContain('cannot show a notification');
  const before = await home.ask((api) => api.status({}));
  expect(before.alerts).toMatchObject({ lastSentAt: null, waiting: 1 });
  const failed = await home.run('test-email');
  expect([failed.code, failed.stdout]).toEqual([
    1,
    expect.stringMatching(/^failed {2}send a "crash" alert by desktop/),
  ]);

  await bus.startDaemon('takes');
  await waitFor(() => bus.shown.length > 0, 'the notification');
  await home.event('alerts-recovered');
  const after = await home.ask((api) => api.status({}));
  expect(after.alerts).toMatchObject({ waiting: 0, problem: null });
  expect(after.alerts.lastSentAt).not.toBeNull();
  expect(await home.ok('test-email')).toMatch(/^ok {6}send a "crash" alert by desktop/);
  expect(bus.shown.map(({ summary }) => summary)).toEqual([
    '[Self-Healing Monitor] Process Crash: web',
    expect.stringContaining('Process Crash'),
  ]);
  await home.down();
});
