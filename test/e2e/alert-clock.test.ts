import { expect, test } from 'vitest';
import { configureMail, SLEEPER } from '../support/alert-home.ts';
import { FakeTime } from '../support/fake-time.ts';
import { HealerHome } from '../support/healer-home.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';
import { parseMail } from '../support/parse-mail.ts';
import { waitFor } from '../support/wait-for.ts';

const DAY_MS = 86_400_000;

async function kill(home: HealerHome, id: string): Promise<void> {
  const { pid } = await home.state(id, 'running');
  process.kill(pid ?? 0, 'SIGKILL');
  await home.event('crashed', (event) => event.process === id && event.pid === pid);
}

async function waitForMail(server: MailServer, count: number, what: string): Promise<number> {
  await waitFor(() => server.mails.length >= count, what);
  expect(server.mails).toHaveLength(count);
  return Date.parse(parseMail(Buffer.from(server.mails[count - 1]?.raw ?? '')).date);
}

test('a clock that is set back or forward neither silences, repeats nor misdates mail', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  const time = new FakeTime(home.folder);
  home.extraEnv = time.env;
  time.set('+365d');
  configureMail(home, server.port);
  await home.up(...['a', 'b', 'c', 'd'].map((id) => `${id} - - -- ${SLEEPER}`));
  await kill(home, 'a');
  expect((await waitForMail(server, 1, 'the mail a year ahead')) - Date.now()).toBeGreaterThan(364 * DAY_MS);

  time.set('+0');
  // Within the rate limit by the monotonic clock.
  await kill(home, 'a');
  await kill(home, 'b');
  expect(Math.abs((await waitForMail(server, 2, 'the mail after the clock was set back')) - Date.now())).toBeLessThan(
    60_000,
  );

  time.set('+730d');
  await kill(home, 'a');
  await kill(home, 'c');
  expect((await waitForMail(server, 3, 'the mail two years ahead')) - Date.now()).toBeGreaterThan(729 * DAY_MS);

  // The next engine starts with a clock that was set back.
  await home.killEngine();
  time.set('-30d');
  await home.up();
  await kill(home, 'd');
  const names = (): string[] => server.subjects().map((subject) => subject.split(': ')[1] ?? '');
  await waitFor(() => names().includes('d'), 'the mail of the next engine');
  await home.down();
  // The second one about the first program is the summary of what was held back.
  expect(names().sort()).toEqual(['a', 'a', 'b', 'c', 'd', 'healer']);
  expect(new Set(server.messageIds()).size).toBe(6);
});
