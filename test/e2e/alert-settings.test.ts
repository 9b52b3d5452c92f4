import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configureMail, SLEEPER } from '../support/alert-home.ts';
import { HealerHome } from '../support/healer-home.ts';
import { startMailServer } from '../support/mail-server.ts';
import { startScriptedMailServer } from '../support/scripted-mail-server.ts';
import { waitFor } from '../support/wait-for.ts';

const PATIENCE_MS = 20_000;

function configureOthers(home: HealerHome, ...lines: readonly string[]): void {
  mkdirSync(home.paths.configDir, { recursive: true, mode: 0o700 });
  writeFileSync(join(home.paths.configDir, 'alerts_config.txt'), `${lines.join('\n')}\n`, { mode: 0o600 });
}

test('a mistake in one channel is reported everywhere, and the other channel works', async () => {
  await using home = new HealerHome();
  await using server = await startMailServer();
  configureMail(home, server.port);
  configureOthers(home, 'webhook_url = htp://example.com', 'rate_limit_seconds = 0');
  const { stderr, stdout } = await home.run('up', '-f', home.write('process_list.txt', `web - - -- ${SLEEPER}`));
  expect(`${stdout}${stderr}`).toMatch(/alerts_config\.txt:1:15: invalid webhook_url/);
  expect((await home.run('status')).stdout).toMatch(
    /! .*alerts_config\.txt:1:15: invalid webhook_url .*by webhook are not sent/,
  );
  expect((await home.run('config', 'check')).stdout).toMatch(/alerts_config\.txt.*invalid webhook_url/s);
  expect((await home.run('doctor')).stdout).toMatch(/^error +alerts +.*alerts_config\.txt:1:15/m);
  process.kill(await home.pid('web'), 'SIGKILL');
  await waitFor(() => server.mails.length === 1, 'the mail', PATIENCE_MS);
  // An edit with a mistake keeps what was in effect for mail, and applies the rest.
  configureMail(home, 1, 'smtp_port = many');
  await home.event('config-invalid', ({ reason }) => reason.includes('smtp_port'));
  configureOthers(home, 'rate_limit_seconds = 0');
  await home.event('config-changed', ({ reason }) => reason.includes('alert settings'));
  process.kill(await waitFor(async () => (await home.row('web')).pid, 'the program', PATIENCE_MS), 'SIGKILL');
  await waitFor(() => server.mails.length === 2, 'the second mail', PATIENCE_MS);
});

test('a refused receiver is named, others get each mail once, and it gets all mails once it is accepted', async () => {
  let refuses = true;
  await using home = new HealerHome();
  await using server = await startScriptedMailServer({
    answer: (command) => (refuses && command.startsWith('RCPT TO:<night@') ? '550 5.1.1 no such user' : undefined),
  });
  configureMail(
    home,
    server.port,
    'receiver_email = Ops <ops@example.com>, night@example.com,',
    'rate_limit_seconds = 0',
  );
  await home.up(`web - - -- ${SLEEPER}`);
  process.kill(await home.pid('web'), 'SIGKILL');
  const { reason, data } = await home.event('alert-failed');
  expect(reason).toContain('night@example.com: 550 5.1.1 no such user');
  expect(data).toMatchObject({ receivers: ['night@example.com'], gaveUp: false });
  expect((await home.run('status')).stdout).toMatch(
    /! mail to night@example\.com has been refused since .*: 550 5\.1\.1 no such user/,
  );
  const test = await home.run('test-email');
  expect(test).toMatchObject({ code: 1, stdout: expect.stringContaining('night@example.com: 550 5.1.1 no such user') });
  await home.killEngine();
  refuses = false;
  const before = server.commands.length;
  await home.up();
  await home.event('engine-started');
  const after = (start: string): number =>
    server.commands.slice(before).filter((line) => line.startsWith(start)).length;
  // The crash, which "ops" has got already, and the recovered engine.
  await waitFor(() => after('RCPT TO:<night@') === 2, 'both mails to the receiver', PATIENCE_MS);
  await waitFor(async () => (await home.ask((api) => api.status({}))).alerts.waiting === 0, 'an empty queue');
  expect(after('RCPT TO:<ops@')).toBe(1);
});
