import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Attempts } from '../../../../src/engine/alerts/delivery/attempts.ts';
import type { ChannelSettings, EmailSettings } from '../../../../src/protocol/alert-delivery.ts';
import { message } from '../../../support/alerts.ts';
import { startHttpReceiver } from '../../../support/http-receiver.ts';
import { startScriptedMailServer } from '../../../support/scripted-mail-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-attempts-'));
  file = join(folder, '7-abc.json');
  writeFileSync(file, JSON.stringify(message()));
});
afterEach(() => rmSync(folder, { recursive: true }));

function settings(port: number, changes: Partial<EmailSettings> = {}): ChannelSettings {
  const email: EmailSettings = {
    host: '127.0.0.1',
    port,
    encryption: 'plain',
    caFile: null,
    sender: 'healer@example.com',
    receivers: ['a@example.com', 'b@example.com', 'c@example.com'],
    login: null,
    ...changes,
  };
  return { email, webhook: null, desktop: null };
}

const LISTENER = { onStage: () => undefined, onNote: () => undefined };
const task = () => ({ kind: 'deliver', channel: 'email', file }) as const;

test('the file keeps who has got a mail, also for the next process, and keeps its age', async () => {
  let refuses = true;
  await using server = await startScriptedMailServer({
    answer: (command) => (refuses && command.startsWith('RCPT TO:<b@') ? '450 greylisted' : undefined),
  });
  const written = new Date(Date.now() - 3_600_000);
  utimesSync(file, written, written);
  const first = new Attempts(LISTENER);
  first.configure(settings(server.port));
  const failure = await first.perform(task());
  expect(failure?.receivers?.accepted).toEqual(['a@example.com', 'c@example.com']);
  expect(JSON.parse(readFileSync(file, 'utf8')).delivered).toEqual(['a@example.com', 'c@example.com']);
  expect(statSync(file).mtimeMs).toBeCloseTo(written.getTime(), -2);
  refuses = false;
  const second = new Attempts(LISTENER);
  second.configure(settings(server.port));
  expect(await second.perform(task())).toBeNull();
  expect(existsSync(file)).toBe(false);
  expect(server.commands.filter((command) => command.startsWith('RCPT'))).toEqual([
    'RCPT TO:<a@example.com>',
    'RCPT TO:<b@example.com>',
    'RCPT TO:<c@example.com>',
    'RCPT TO:<b@example.com>',
  ]);
});

test('receivers that are not due are left out, and the message waits for them', async () => {
  await using server = await startScriptedMailServer();
  const attempts = new Attempts(LISTENER);
  attempts.configure(settings(server.port));
  const failure = await attempts.perform({ ...task(), skip: ['b@example.com'] });
  expect(failure?.receivers).toEqual({ accepted: ['a@example.com', 'c@example.com'], refused: [] });
  expect(existsSync(file)).toBe(true);
});

test('changed settings take effect on the message that is being sent', async () => {
  await using silent = await startScriptedMailServer({ onConnect: () => undefined });
  await using server = await startScriptedMailServer();
  const attempts = new Attempts(LISTENER);
  attempts.configure(settings(silent.port));
  const result = attempts.perform(task());
  await waitFor(() => silent.connections() === 1, 'a connection to the silent server');
  attempts.configure(settings(server.port));
  expect(await result).toBeNull();
  expect([silent.connections(), server.messages.length]).toEqual([1, 1]);
});

test('a message that only lacks its confirmation is not sent again, and does not hold up others', async () => {
  const confirm: (() => void)[] = [];
  await using server = await startScriptedMailServer({
    answer: (command, socket) => {
      if (command !== '.' || confirm.length > 0) return undefined;
      confirm.push(() => socket.write('250 at last\r\n'));
      return null;
    },
  });
  const attempts = new Attempts(LISTENER, 100);
  attempts.configure(settings(server.port));
  expect(await attempts.perform(task())).toMatchObject({ cause: 'unconfirmed', scope: 'channel' });
  expect(await attempts.perform(task())).toMatchObject({ cause: 'unconfirmed' });
  const other = join(folder, '8-abc.json');
  writeFileSync(other, JSON.stringify(message({ id: '8-abc' })));
  expect(await attempts.perform({ ...task(), file: other })).toBeNull();
  expect(server.messages).toHaveLength(2);
  confirm[0]?.();
  await waitFor(() => !existsSync(file), 'the file to be removed once the server has confirmed the message');
  expect(await attempts.perform(task())).toBeNull();
  expect(server.messages).toHaveLength(2);
});

test('what a slow server is waited for is reported', async () => {
  await using silent = await startScriptedMailServer({ onConnect: () => undefined });
  const stages: string[] = [];
  const attempts = new Attempts({ ...LISTENER, onStage: (_channel, stage) => stages.push(stage) });
  attempts.configure(settings(silent.port));
  const result = attempts.perform(task());
  await waitFor(() => stages.length > 0, 'the report of the stage');
  expect(stages).toEqual([`waiting for the greeting of 127.0.0.1:${String(silent.port)}`]);
  attempts.configure({ email: null, webhook: null, desktop: null });
  expect(await result).toMatchObject({ message: 'email is not configured' });
});

test('changed settings of the webhook take effect on the message that is being posted, and a slow receiver is reported', async () => {
  await using silent = await startHttpReceiver(() => undefined);
  await using good = await startHttpReceiver();
  const stages: string[] = [];
  const attempts = new Attempts({ ...LISTENER, onStage: (_channel, stage) => stages.push(stage) });
  const to = (port: number): ChannelSettings => {
    const url = `http://127.0.0.1:${String(port)}/secret-path`;
    return { email: null, webhook: { url, secret: null, format: 'json', timeoutMs: 60_000 }, desktop: null };
  };
  attempts.configure(to(silent.port));
  const result = attempts.perform({ kind: 'deliver', channel: 'webhook', file });
  await waitFor(() => stages.length > 0, 'the report of the stage');
  expect(stages).toEqual([`waiting for the response of the webhook at 127.0.0.1:${String(silent.port)}`]);
  attempts.configure(to(good.port));
  expect(await result).toBeNull();
  expect(good.posts).toHaveLength(1);
  expect(existsSync(file)).toBe(false);
});
