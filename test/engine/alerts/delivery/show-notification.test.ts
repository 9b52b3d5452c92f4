import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { showNotification } from '../../../../src/engine/alerts/delivery/show-notification.ts';
import { message } from '../../../support/alerts.ts';

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

test('without a desktop session nothing is shown and nothing fails', async () => {
  installNotifySend(`touch ${folder}/shown`);
  for (const name of ['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'WAYLAND_DISPLAY']) vi.stubEnv(name, '');
  expect(await showNotification(message(), { urgency: 'normal' })).toBeNull();
});
