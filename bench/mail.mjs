import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { Healer, listLine } from './support/healer.mjs';
import { pause } from './support/pause.mjs';
import { Tally } from './support/tally.mjs';
import { waitUntil } from './support/wait-until.mjs';

const PLANS = {
  quick: { single: 3, mass: 20, settleMs: 2_000 },
  normal: { single: 10, mass: 200, settleMs: 3_000 },
};
PLANS.large = PLANS.normal;

/** Measures the time from a crash to the mail about it, and counts the mails for many crashes. */
export const mail = {
  name: 'mail',
  title: 'Crash to mail: from kill -9 until an SMTP server on this machine has accepted the mail',
  async run({ size, workshop, progress }) {
    const { single, mass, settleMs } = PLANS[size];
    const server = await startServer(workshop);
    const healer = new Healer(workshop.newFolder());
    configure(healer, server.port);
    const names = Array.from({ length: single + mass }, (_, index) => `p${index}`);
    const list = join(healer.home, 'list.txt');
    writeFileSync(list, names.map((name) => listLine(name, ['sleep', '100000'])).join(''));
    const close = workshop.cleanup.defer(() => healer.down());
    await healer.up(list);
    await pause(settleMs);
    const pids = new Map(JSON.parse(healer.run('ls', '--json')).map(({ id, pid }) => [id, pid]));

    const one = new Tally('one program killed', 'ms');
    for (const name of names.slice(0, single)) {
      progress(name);
      const before = server.mails.length;
      const killedAt = performance.now();
      process.kill(pids.get(name), 'SIGKILL');
      await waitUntil(() => server.mails.length > before, `the mail about ${name}`, { timeoutMs: 30_000 });
      one.add('healer', server.mails[before].at - killedAt);
      // Longer than the delivery worker waits for more alerts, and than the window in which failures are grouped.
      await pause(settleMs);
    }
    await pause(60_000);
    const before = server.mails.length;
    const killedAt = performance.now();
    for (const name of names.slice(single)) process.kill(pids.get(name), 'SIGKILL');
    const missing = () => names.slice(single).filter((name) => !server.names(before).has(name));
    await waitUntil(() => missing().length === 0, 'a mail that names every program', { timeoutMs: 120_000 });
    const all = new Tally(`${mass} programs killed at once, the last one named`, 'ms');
    all.add('healer', server.mails.at(-1).at - killedAt);
    const count = server.mails.length - before;
    await close();
    const checks = [{ title: 'at most 15 mails', isOk: count <= 15, facts: `${count} mails name ${mass} programs` }];
    return { groups: [one.result(), all.result()], checks, skipped: [] };
  },
};

function configure(healer, port) {
  const folder = join(healer.home, 'config');
  mkdirSync(folder, { recursive: true });
  const lines = ['smtp_server = 127.0.0.1', `smtp_port = ${port}`, 'sender_email = a@example.com', 'use_ssl = false'];
  writeFileSync(join(folder, 'email_config.txt'), lines.join('\n'), { mode: 0o600 });
}

async function startServer(workshop) {
  const mails = [];
  const server = new SMTPServer({
    authOptional: true,
    // Otherwise the server makes a DNS query for each client, which would be measured too.
    disableReverseLookup: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      const chunks = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({ at: performance.now(), text: Buffer.concat(chunks).toString('utf8') });
        done();
      });
    },
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  workshop.cleanup.defer(() => new Promise((resolve) => server.close(resolve)));
  const names = (from) => new Set(mails.slice(from).flatMap(({ text }) => text.match(/\bp\d+\b/g) ?? []));
  return { port: server.server.address().port, mails, names };
}
