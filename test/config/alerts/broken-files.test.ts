import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readAlerts, settingsAfterEdit } from '../../../src/config/alerts/read-alerts.ts';
import { formatProblem } from '../../../src/config/reading/config-problem.ts';
import { LOCALHOST_CERTIFICATE } from '../../support/certificates.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'healer-broken-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const HOOK = 'webhook_url = https://hooks.example.com/TOPSECRET';

function write(content: string | Buffer): void {
  writeFileSync(join(folder, 'alerts_config.txt'), content, { mode: 0o600 });
}

function problems(): string[] {
  return readAlerts(folder, {}).problems.map((problem) =>
    [problem.severity, formatProblem(problem).replaceAll(`${folder}/`, '')].join(' '),
  );
}

test.each<[string, (path: string) => unknown, RegExp]>([
  ['a folder', (path) => mkdirSync(path), /^error alerts_config\.txt: cannot read .*is a folder/],
  ['a FIFO', (path) => execFileSync('mkfifo', [path]), /^error alerts_config\.txt: cannot read .*not a regular file/],
  ['a link to nothing', (path) => symlinkSync('nowhere', path), /^error alerts_config\.txt: cannot read /],
  ['a link to itself', (path) => symlinkSync('alerts_config.txt', path), /^error alerts_config\.txt: cannot read /],
  ['endless', (path) => symlinkSync('/dev/zero', path), /^error alerts_config\.txt: cannot /],
  [
    'large',
    (path) => writeFileSync(path, 'a = b\n'.repeat(400_000), { mode: 0o600 }),
    /^error alerts_config\.txt: cannot read .*more than 1 MB/,
  ],
])('a file that is %s is an error, and mail works', (_what, create, expected) => {
  writeFileSync(join(folder, 'email_config.txt'), 'smtp_server = localhost\nsender_email = a@example.com\n', {
    mode: 0o600,
  });
  create(join(folder, 'alerts_config.txt'));
  expect(problems()).toEqual([expect.stringMatching(expected)]);
  const { settings, broken } = readAlerts(folder, {});
  expect(settings?.channels.email).not.toBeNull();
  expect(broken).toEqual(['webhook', 'desktop', 'general']);
});

test('many lines of another kind of file are counted', () => {
  write('{"a": 1}\n'.repeat(100));
  const found = problems();
  expect(found).toHaveLength(21);
  expect(found.at(-1)).toContain('80 more lines are not "key = value"');
});

test('a value in another encoding is an error, and a comment in it is not', () => {
  write(Buffer.concat([Buffer.from(`# \xe4\n${HOOK}\nwebhook_secret = `, 'latin1'), Buffer.from([0xe4, 0xff, 10])]));
  expect(problems()).toEqual([expect.stringMatching(/^error alerts_config\.txt:3:18: .*webhook_secret.*UTF-8/)]);
});

test('a setting that is repeated is a warning, and the last value counts', () => {
  write(`${HOOK}\ndesktop = true\nwebhook_url = https://other.example.com/TOPSECRET\n`);
  expect(problems()).toEqual([expect.stringMatching(/^warning alerts_config\.txt:3:1: "webhook_url" .* line 1/)]);
  expect(readAlerts(folder, {}).settings?.channels.webhook?.url).toBe('https://other.example.com/TOPSECRET');
});

test.each(['https:///TOPSECRET', 'https://', 'ftp://h/TOPSECRET', 'TOPSECRET', 'https://h:99999/TOPSECRET'])(
  'the address "%s" is an error that does not quote it',
  (url) => {
    write(`webhook_url = ${url}\n`);
    expect(problems()).toEqual([expect.stringMatching(/^error alerts_config\.txt:1:15: invalid webhook_url/)]);
    expect(problems().join()).not.toContain('TOPSECRET');
  },
);

test.each([
  ['is missing', () => join(folder, 'ca.pem')],
  ['contains no certificate', () => '/etc/passwd'],
  ['is a folder', () => folder],
])('a certificate file that %s is an error, and the channel stays on because it may be fixed', (_what, path) => {
  write(`${HOOK}\nwebhook_ca_file = ${path()}\n`);
  const reading = readAlerts(folder, {});
  expect(problems()).toEqual([expect.stringMatching(/^error alerts_config\.txt:2:19: webhook_ca_file/)]);
  expect(settingsAfterEdit(reading, null)?.channels.webhook?.caFile).toBe(path());
  write(`${HOOK}\nwebhook_ca_file = ${LOCALHOST_CERTIFICATE}\n`);
  expect(problems()).toEqual([]);
});

test('a mistake in every channel keeps the rate limit that the file sets', () => {
  write('webhook_url = https://hooks.example.com/\nrate_limit_seconds = 0\n');
  const before = readAlerts(folder, {}).settings;
  write('webhook_url = wrong\nrate_limit_seconds = 5\n');
  const after = settingsAfterEdit(readAlerts(folder, {}), before);
  expect(after).toMatchObject({ rateLimitMs: 5_000, channels: { webhook: { url: 'https://hooks.example.com/' } } });
});
