import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const WATCHDOG_MS = 8_000;
const READY_MS = 10_000;
const STALL_MS = 12_000;

/** Sends a sign of life three times a second. */
const SPEAKER = `
use Socket; use IO::Socket::UNIX;
my $to = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Peer => $ENV{NOTIFY_SOCKET}) or die;
while (1) { $to->send("WATCHDOG=1"); select undef, undef, undef, 0.3 }`;
const LATE = 'while ! test -e go; do sleep 0.1; done; echo ready; exec sleep 100000';

test('no program is blamed for the time in which the engine was suspended', async () => {
  await using home = new HealerHome();
  const processes = {
    late: { command: 'sh', args: ['-c', LATE], ready: { log: 'ready', timeoutMs: READY_MS } },
    watched: { command: 'perl', args: ['-e', SPEAKER], watchdogMs: WATCHDOG_MS, startSeconds: 0 },
  };
  await home.ok('up', '-f', home.write('healer.yaml', JSON.stringify({ processes })));
  const engine = await home.enginePid();
  process.kill(engine, 'SIGSTOP');
  home.write('go', '');
  await sleep(STALL_MS);
  process.kill(engine, 'SIGCONT');
  await waitFor(async () => (await home.row('late')).state === 'running', 'the program to be ready');
  const rows = await home.rows();
  expect([...rows.values()].map(({ id, restarts }) => `${id} ${String(restarts)}`)).toEqual(['late 0', 'watched 0']);
  expect((await home.events()).map(({ kind }) => kind)).not.toContain('unhealthy');
  await home.down();
});
