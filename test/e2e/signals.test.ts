import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HealerHome, openFiles } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
beforeEach(async () => {
  home = new HealerHome();
  await home.up('web - - -- sleep 100000');
});
afterEach(() => home[Symbol.asyncDispose]());

test('signals that mean nothing to the engine do not end it, and open no port for a debugger', async () => {
  const engine = await home.enginePid();
  const before = portsOf(engine);
  const signals = ['SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGPROF', 'SIGIO', 'SIGSTKFLT', 'SIGPIPE', 'SIGHUP'];
  for (const signal of signals) process.kill(engine, signal);
  const pid = await home.pid('web');
  process.kill(pid, 'SIGKILL');
  await waitFor(async () => ![null, pid].includes((await home.row('web')).pid), 'the program to be restarted');
  expect(await home.enginePid()).toBe(engine);
  expect(portsOf(engine)).toEqual(before);
  await home.down();
});

test.each(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGPWR'] as const)('%s shuts the engine down', async (signal) => {
  process.kill(await home.enginePid(), signal);
  await home.empty();
  expect(readFileSync(home.paths.healingLog, 'utf8')).toContain('the engine is shutting down');
});

/** Returns the sockets of a process that listen for TCP connections. */
function portsOf(pid: number): readonly string[] {
  const own = openFiles(pid).flatMap((path) => /^socket:\[(\d+)\]$/.exec(path)?.[1] ?? []);
  const LISTENING = '0A';
  return readFileSync(`/proc/${String(pid)}/net/tcp`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode = '']) => state === LISTENING && own.includes(inode))
    .map(([, address = '']) => address);
}
