import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { showNotification } from '../../../../src/engine/alerts/delivery/show-notification.ts';
import { digest, message } from '../../../support/alerts.ts';
import { DesktopBus } from '../../../support/desktop-bus.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-desktop-'));
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', 'unix:path=/nowhere');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function installNotifySend(script: string): void {
  writeFileSync(join(folder, 'notify-send'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test('a notification shows the subject and the reason, and a text with a leading dash is not an option', async () => {
  installNotifySend(`printf '%s\\n' "$@" > ${folder}/arguments`);
  expect(await showNotification(message({ reason: '--help <b>' }), { urgency: 'critical' })).toBeNull();
  expect(readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n')).toEqual([
    '--urgency=critical',
    '--app-name=healer',
    '--',
    '[Self-Healing Monitor] Process Crash: web',
    '--help &lt;b>',
  ]);
});

test('a failure of notify-send is reported with a remedy', async () => {
  installNotifySend('exit 1');
  expect(await showNotification(message(), { urgency: 'normal' })).toMatchObject({
    scope: 'channel',
    message: expect.stringContaining('set desktop = false'),
  });
});

test('without a desktop session nothing is shown, and that is a failure', async () => {
  installNotifySend(`touch ${folder}/shown`);
  for (const name of ['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'WAYLAND_DISPLAY']) vi.stubEnv(name, '');
  const failure = await showNotification(message(), { urgency: 'normal' });
  expect(failure).toMatchObject({ cause: 'no-session', message: expect.stringContaining('was not shown') });
  expect(existsSync(join(folder, 'shown'))).toBe(false);
});

test('the session that the engine found is used', async () => {
  installNotifySend(`echo "$DBUS_SESSION_BUS_ADDRESS" > ${folder}/bus`);
  vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', '');
  const found = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/found' };
  expect(await showNotification(message(), { urgency: 'normal' }, found)).toBeNull();
  expect(readFileSync(join(folder, 'bus'), 'utf8').trim()).toBe('unix:path=/found');
});

test('a digest names as many programs as there is room for, and counts the others', async () => {
  installNotifySend(`printf '%s\\n' "$@" > ${folder}/arguments`);
  expect(await showNotification(digest(100), { urgency: 'normal' })).toBeNull();
  const body = readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n').at(-1) ?? '';
  expect(body).toMatch(/^worker-0, worker-1, .* … and \d+ more programs$/);
  expect(body.match(/worker-/g)).toHaveLength(100 - Number(/and (\d+) more/.exec(body)?.[1]));
});

describe('on a real session bus', () => {
  test('without a notification daemon, nothing is reported as shown', async () => {
    await using bus = await DesktopBus.open();
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', bus.address);
    const failure = await showNotification(message(), { urgency: 'normal' });
    expect(failure).toMatchObject({ cause: 'other', message: expect.stringContaining('cannot show a notification') });
  });

  test('a notification that the daemon took is reported as shown', async () => {
    await using bus = await DesktopBus.open();
    await bus.startDaemon('takes');
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', bus.address);
    const text = message({ subject: 'wéb <1>', reason: 'killed & gone <b>' });
    expect(await showNotification(text, { urgency: 'critical' })).toBeNull();
    expect(bus.shown).toEqual([
      {
        app: 'healer',
        summary: '[Self-Healing Monitor] Process Crash: wéb <1>',
        body: 'killed &amp; gone &lt;b>',
        urgency: 2,
      },
    ]);
  });

  test.each([
    ['refused', 'refuses', 'other'],
    ['did not answer', 'silent', 'timeout'],
  ] as const)('a notification that the daemon %s is not reported as shown', async (_what, mode, cause) => {
    await using bus = await DesktopBus.open();
    await bus.startDaemon(mode);
    vi.stubEnv('DBUS_SESSION_BUS_ADDRESS', bus.address);
    const failure = await showNotification(message(), { urgency: 'normal' });
    expect(failure).toMatchObject({ cause, message: expect.stringContaining('cannot show a notification') });
    expect(bus.shown).toHaveLength(1);
  });
});
