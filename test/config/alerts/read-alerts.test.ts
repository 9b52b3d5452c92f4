import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { formatProblem } from '../../../src/config/reading/config-problem.ts';
import { type AlertsReading, readAlerts } from '../../../src/config/alerts/read-alerts.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-alerts-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`, { mode: 0o600 });
  return path;
}

const FULL = [
  '# recipients of mail',
  'enabled = true',
  'smtp_server = smtp.example.com',
  'smtp_port: 465',
  'sender_email = healer@example.com',
  'sender_password = "p=a:s s#w"',
  'receiver_email = ops@example.com, night@example.com',
  'use_ssl = yes',
  'rate_limit_seconds = 30',
];

/** Returns problems as displayed, without the test's folder. */
function displayed({ problems }: AlertsReading): string[] {
  return problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
}

describe('mail settings', () => {
  test('accept "=" and ":", and any character in a password', () => {
    write('email_config.txt', ...FULL);
    const { settings, problems } = readAlerts(folder, {});
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      rateLimitMs: 30_000,
      channels: {
        email: {
          host: 'smtp.example.com',
          port: 465,
          encryption: 'required',
          caFile: null,
          sender: 'healer@example.com',
          receivers: ['ops@example.com', 'night@example.com'],
          login: { user: 'healer@example.com', password: 'p=a:s s#w' },
        },
        webhook: null,
        desktop: null,
      },
    });
  });

  test('are off without a file, and when switched off even if incomplete', () => {
    const none = { email: null, webhook: null, desktop: null };
    expect(readAlerts(folder, {})).toMatchObject({ settings: { channels: none }, problems: [] });
    write('email_config.txt', 'enabled = false', 'smtp_port = ?');
    expect(readAlerts(folder, {})).toMatchObject({ settings: { channels: none }, problems: [] });
  });

  test('are overridden by environment variables, which also work without a file', () => {
    write('email_config.txt', ...FULL);
    const over = readAlerts(folder, { HEALER_SMTP_PORT: '2525', HEALER_SMTP_PASSWORD: 'other' });
    expect(over.settings?.channels.email).toMatchObject({ port: 2525, login: { password: 'other' } });
    rmSync(join(folder, 'email_config.txt'));
    const alone = readAlerts(folder, { HEALER_SMTP_SERVER: '127.0.0.1', HEALER_SMTP_SENDER_EMAIL: 'a@b.c' });
    expect(alone.settings?.channels.email).toMatchObject({ host: '127.0.0.1', receivers: ['a@b.c'], login: null });
  });

  test.each([
    ['smtp.example.com', 'false', 'required'],
    ['smtp.example.com', 'true', 'required'],
    ['127.0.0.1', 'false', 'plain'],
    ['localhost', 'false', 'plain'],
    ['localhost', 'true', 'required'],
    ['127.evil.example.com', 'false', 'required'],
  ])('for %s with use_ssl = %s set encryption to %s', (server, ssl, encryption) => {
    write('email_config.txt', `smtp_server=${server}`, 'sender_email=a@b.c', `use_ssl=${ssl}`);
    expect(readAlerts(folder, {}).settings?.channels.email?.encryption).toBe(encryption);
  });

  test('with mistakes report each place and the next step, without quoting values', () => {
    write(
      'email_config.txt',
      'smtp_server = smtp example',
      '  smtp_port = secret99',
      'what is this secret',
      'smpt_port = 25',
      'receiver_email = ops@example.com\tnobody',
    );
    const loaded = readAlerts(folder, { HEALER_SMTP_USE_SSL: 'perhaps' });
    expect(loaded.settings).toBeNull();
    expect(displayed(loaded).sort()).toEqual([
      'email_config.txt: "sender_email" is missing (add a line "sender_email = …")',
      'email_config.txt:1:15: invalid smtp_server (write a host name or an IP address)',
      'email_config.txt:2:15: invalid smtp_port (write a whole number from 1 to 65535)',
      'email_config.txt:3:1: this line is not "key = value" (write "key = value", or start a comment with #)',
      'email_config.txt:4:1: unknown alert setting "smpt_port" (did you mean "smtp_port"?)',
      'email_config.txt:5:18: invalid receiver_email (write a mail address such as name@example.com)',
      'environment variable HEALER_SMTP_USE_SSL: invalid use_ssl (write true or false)',
    ]);
    expect(displayed(loaded).join()).not.toContain('secret');
  });

  test('that other users can read cause a warning, and take effect', () => {
    const path = write('email_config.txt', ...FULL);
    chmodSync(path, 0o644);
    const loaded = readAlerts(folder, {});
    expect(loaded.settings?.channels.email).not.toBeNull();
    expect(displayed(loaded)).toEqual([
      'email_config.txt: other users of this machine can read the secrets in this file (run: chmod 600 email_config.txt)',
    ]);
  });

  test.each(['a@b\r\nBcc: c@d', 'a <a@b> b', 'a@b,,', '@b', 'a@'])('reject the address %j', (address) => {
    write('email_config.txt', 'smtp_server = localhost', 'sender_email = a@b.c', `receiver_email = "${address}"`);
    expect(readAlerts(folder, {}).settings).toBeNull();
  });
});

test('webhook and desktop settings are read from alerts_config.txt', () => {
  write('alerts_config.txt', 'webhook_url = https://hooks.example.com/x', 'webhook_secret = s', 'desktop = on');
  expect(readAlerts(folder, {}).settings?.channels).toEqual({
    email: null,
    webhook: { url: 'https://hooks.example.com/x', secret: 's', format: 'json', timeoutMs: 10_000 },
    desktop: { urgency: 'normal' },
  });
  write('alerts_config.txt', 'webhook_url = ftp://hooks.example.com', 'webhook_format = xml');
  expect(displayed(readAlerts(folder, {}))).toEqual([
    'alerts_config.txt:1:15: invalid webhook_url (write a URL that begins with https:// or http://)',
    'alerts_config.txt:2:18: invalid webhook_format (write json, slack, discord, teams or ntfy)',
  ]);
});

test('the user of desktop notifications is read from alerts_config.txt', () => {
  write('alerts_config.txt', 'desktop = true', 'desktop_user = alice');
  expect(readAlerts(folder, {}).settings?.channels.desktop).toEqual({ urgency: 'normal', user: 'alice' });
});
