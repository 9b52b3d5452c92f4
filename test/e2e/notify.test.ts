import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { requireTool } from '../support/require-tool.ts';
import { waitFor } from '../support/wait-for.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/programs/', import.meta.url));

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

type Fields = Readonly<Record<string, unknown>>;

async function up(processes: Readonly<Record<string, Fields>>): Promise<void> {
  await home.ok('up', '-f', home.write('healer.yaml', JSON.stringify({ processes })));
}

async function again(): Promise<void> {
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
}

/** A program that sends each line of the file `say` to its notification socket as the file grows; `;` separates statements. */
function speaker(): Fields {
  return { command: 'python3', args: [join(FIXTURES, 'speaker.py'), join(home.folder, 'say')] };
}

function say(...lines: readonly string[]): void {
  writeFileSync(join(home.folder, 'say'), `${lines.join('\n')}\n`, { flag: 'a' });
}

/** Waits until the log collector has the notification socket, which the engine hands over once both are running. */
async function handedOver(): Promise<void> {
  await waitFor(() => {
    const keeper = home.survivors().find(({ command }) => command.startsWith('healer-keeper'));
    const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n');
    const ours = sockets.filter((line) => line.endsWith(`${home.folder}/run/default.note`));
    const inodes = ours.map((line) => /^(?:\S+\s+){6}(\d+)/.exec(line)?.[1]);
    const folder = `/proc/${String(keeper?.pid)}/fd`;
    if (keeper === undefined) return false;
    return readdirSync(folder).some((fd) =>
      inodes.includes(/^socket:\[(\d+)\]$/.exec(readlink(`${folder}/${fd}`))?.[1]),
    );
  }, 'the notification socket to be handed over');
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

describe('a program that notifies', () => {
  test('is ready once it sends READY=1, and its status is shown', async () => {
    await up({ web: { ...speaker(), ready: { notify: true } } });
    await home.state('web', 'starting');
    say('STATUS=loading \u001b[31m3 of 7');
    await waitFor(async () => (await home.row('web')).stated === 'loading 3 of 7', 'its status');
    say('READY=1;STATUS=serving');
    const row = await home.state('web', 'running');
    expect(row.stated).toBe('serving');
    expect((await home.event('running', ({ process }) => process === 'web')).reason).toBe('ready: it sent READY=1');
    expect(await home.ok('describe', 'web')).toContain('serving');
    say('RELOADING=1');
    await waitFor(async () => (await home.row('web')).stated === 'reloading: serving', 'the reload');
    say('READY=1');
    await waitFor(async () => (await home.row('web')).stated === 'serving', 'the end of the reload');
  });

  test('is ready if it sent READY=1 while no engine was running, and its status is known', async () => {
    await up({ web: { ...speaker(), ready: { notify: true } } });
    const { pid } = await home.state('web', 'starting');
    await handedOver();
    await home.killEngine();
    say('READY=1;STATUS=alone');
    await waitFor(() => home.read('said').includes('alone'), 'the message to be sent');
    await again();
    expect(await home.state('web', 'running')).toMatchObject({ pid, stated: 'alone' });
  });

  test('is heard after the engine, and then the log collector, were killed', async () => {
    await up({ web: { ...speaker(), ready: { notify: true } } });
    await home.state('web', 'starting');
    await handedOver();
    await home.killEngine();
    await again();
    const collector = home.survivors().find(({ command }) => command.startsWith('healer-keeper'));
    process.kill(collector?.pid ?? 0, 'SIGKILL');
    await waitFor(() => {
      const found = home.survivors().find(({ command }) => command.startsWith('healer-keeper'));
      return found !== undefined && found.pid !== collector?.pid;
    }, 'another log collector');
    say('READY=1');
    await home.state('web', 'running');
  });

  test('gets more time when it asks for it', async () => {
    await up({ web: { ...speaker(), ready: { notify: true, timeoutMs: 1_500 } } });
    await home.state('web', 'starting');
    say('EXTEND_TIMEOUT_USEC=60000000');
    await waitFor(() => home.read('said').includes('EXTEND'), 'the message to be sent');
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect((await home.row('web')).state).toBe('starting');
    say('READY=1');
    await home.state('web', 'running');
  });

  test('can announce another of its processes as its main process', async () => {
    await up({ web: { ...speaker(), ready: { notify: true } } });
    await home.state('web', 'starting');
    say('FORK');
    const pid = Number(await waitFor(() => /child (\d+)/.exec(home.read('said'))?.[1], 'the child'));
    say(`MAINPID=${String(pid)};READY=1`);
    await waitFor(async () => (await home.row('web')).pid === pid, 'the child to be the main process');
    process.kill(pid, 'SIGKILL');
    expect((await home.event('crashed')).pid).toBe(pid);
  });

  test('is not ready because another process sends READY=1, and cannot name a process that is not its own', async () => {
    await up({ web: { ...speaker(), ready: { notify: true } } });
    await home.state('web', 'starting');
    const address = await waitFor(() => /socket (.+)/.exec(home.read('said'))?.[1], 'the address of the socket');
    const script =
      'import os, socket, sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\ns.connect(sys.argv[1])\ns.send(b"READY=1")\n';
    for (let count = 0; count < 3; count++) execFileSync('python3', ['-c', script, address]);
    const other = spawn('sleep', ['1000']);
    try {
      say(`MAINPID=${String(other.pid)}`, 'STATUS=seen');
      const row = await waitFor(async () => {
        const found = await home.row('web');
        return found.stated === 'seen' ? found : null;
      }, 'its own message');
      expect(row).toMatchObject({ state: 'starting' });
      expect(row.pid).not.toBe(other.pid);
      const { ignoredNotifications } = await home.ask((api) => api.status({}));
      expect(ignoredNotifications).toBe(3);
    } finally {
      other.kill('SIGKILL');
    }
  });
});

describe('the watchdog of a program', () => {
  test('restarts it once it stops sending WATCHDOG=1', async () => {
    // Before the start, because the watchdog does not wait for the test.
    const alive = setInterval(() => say('WATCHDOG=1'), 200);
    try {
      await up({ web: { ...speaker(), watchdogMs: 2_000, startSeconds: 0, restart: { backoffMs: [0] } } });
      const { pid } = await home.state('web', 'running');
      await waitFor(() => home.read('said').includes(`watchdog 2000000 ${String(pid)}`), 'its variables');
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      expect(await home.row('web')).toMatchObject({ state: 'running', pid });
    } finally {
      clearInterval(alive);
    }
    const { pid } = await home.row('web');
    const { reason } = await home.event('unhealthy');
    expect(reason).toBe('watchdog: it has not sent WATCHDOG=1 for 2 s (watchdogMs)');
    await waitFor(async () => ((await home.row('web')).pid ?? pid) !== pid, 'the next run');
  });

  test('restarts it at once when it sends WATCHDOG=trigger', async () => {
    await up({ web: { ...speaker(), watchdogMs: 60_000, startSeconds: 0, restart: { backoffMs: [0] } } });
    const { pid } = await home.state('web', 'running');
    say('WATCHDOG=trigger');
    expect((await home.event('unhealthy')).reason).toBe('watchdog: it sent WATCHDOG=trigger');
    await waitFor(async () => ((await home.row('web')).pid ?? pid) !== pid, 'the next run');
  });
});

test('a program in C is ready as soon as it sends READY=1, however soon that is', async () => {
  requireTool('gcc');
  const program = join(home.folder, 'ready');
  execFileSync('gcc', ['-o', program, join(FIXTURES, 'ready.c')]);
  await up({ web: { command: program, args: ['notify'], ready: { notify: true, timeoutMs: 20_000 } } });
  await home.state('web', 'running');
  for (let run = 0; run < 5; run++) {
    await home.ok('restart', 'web');
    await home.state('web', 'running');
  }
});

test('a program is ready once it writes a newline to its descriptor, however soon that is', async () => {
  await up({ web: { command: 'sh', args: ['-c', 'echo >&4; exec 4>&-; exec sleep 1000'], ready: { fd: 4 } } });
  await home.state('web', 'running');
  await home.ok('restart', 'web');
  await home.state('web', 'running');
  const { reason } = await home.event('running', ({ process }) => process === 'web');
  expect(reason).toBe('ready: it wrote a newline to descriptor 4');
});

const NODE_PROGRAM = `
const fs = require('fs');
process.on('disconnect', () => process.exit(9));
process.send({ status: 'x'.repeat(100000) });
const timer = setInterval(() => {
  if (!fs.existsSync(process.argv[1])) return;
  clearInterval(timer);
  process.send('ready');
  setInterval(() => process.send({ load: 1 }), 20);
}, 20);`;

test('a Node.js program is ready once it sends the message, and survives the engine and the log collector', async () => {
  const go = join(home.folder, 'go');
  await up({ web: { command: process.execPath, args: ['-e', NODE_PROGRAM, go], ready: { message: 'ready' } } });
  const { pid } = await home.state('web', 'starting');
  await home.killEngine();
  await again();
  expect(await home.row('web')).toMatchObject({ state: 'starting', pid });
  writeFileSync(go, '');
  await home.state('web', 'running');
  for (const { pid: own } of home.survivors().filter(({ command }) => command.startsWith('healer')))
    process.kill(own, 'SIGKILL');
  await waitFor(() => home.survivors().length === 1, 'the engine and the log collector to exit');
  await again();
  expect(await home.state('web', 'running')).toMatchObject({ pid, restarts: 0 });
  expect(existsSync(go)).toBe(true);
});
