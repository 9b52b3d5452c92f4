import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliver, deliverFile, verify } from '../../../../src/engine/alerts/delivery/deliver.ts';
import { CHANNELS, type ChannelSettings } from '../../../../src/protocol/alert-delivery.ts';
import { digest, message } from '../../../support/alerts.ts';
import { startMailServer } from '../../../support/mail-server.ts';

const NONE: ChannelSettings = { email: null, webhook: null, desktop: null };
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-deliver-'));
  file = join(folder, 'message.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function mailTo(port: number): ChannelSettings {
  const email = {
    host: '127.0.0.1',
    port,
    encryption: 'plain' as const,
    caFile: null,
    sender: 'healer@example.com',
    receivers: ['ops@example.com'],
    login: null,
  };
  return { ...NONE, email };
}

test.each([
  ['an alert', message()],
  ['a digest', digest(3)],
])('the file of %s is removed once the message is delivered', async (_what, content) => {
  await using server = await startMailServer();
  writeFileSync(file, JSON.stringify(content));
  expect(await deliverFile('email', file, mailTo(server.port))).toBeNull();
  expect(server.mails).toHaveLength(1);
  expect(existsSync(file)).toBe(false);
});

test('the file of a message that is not delivered is kept', async () => {
  const server = await startMailServer();
  await server[Symbol.asyncDispose]();
  writeFileSync(file, JSON.stringify(message()));
  expect(await deliverFile('email', file, mailTo(server.port))).toMatchObject({ cause: 'refused' });
  expect(existsSync(file)).toBe(true);
});

test('a missing file counts as delivered by the previous worker', async () => {
  expect(await deliverFile('email', file, NONE)).toBeNull();
});

test.each([
  ['nothing', ''],
  ['an incomplete message', JSON.stringify(message()).slice(0, -5)],
  ['text', 'hello'],
  ['null', 'null'],
  ['a list', '[]'],
  ['an alert without a sender', JSON.stringify({ ...message(), from: undefined })],
  ['a message without an alert', JSON.stringify({ ...message(), alert: undefined })],
  ['a digest without alerts', JSON.stringify({ ...digest(1), alerts: undefined })],
])('a file with %s is renamed and reported', async (_what, content) => {
  writeFileSync(file, content);
  const failure = await deliverFile('email', file, NONE);
  expect(failure).toMatchObject({ cause: 'unreadable', scope: 'message' });
  const [renamed = ''] = readdirSync(folder);
  expect(renamed).toMatch(/^message\.json\.corrupt-/);
  expect(failure?.message).toBe(`an alert file is damaged and was renamed to "${join(folder, renamed)}"`);
  expect(readFileSync(join(folder, renamed), 'utf8')).toBe(content);
});

test.each(CHANNELS)('a channel that is not configured is a failure of the channel: %s', async (channel) => {
  expect(await deliver(channel, message(), NONE)).toEqual({
    cause: 'other',
    scope: 'channel',
    message: `${channel} is not configured`,
  });
});

test.each(['webhook', 'desktop'] as const)('%s cannot be verified without sending', async (channel) => {
  expect(await verify(channel, NONE)).toBeNull();
});
