import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const DAEMON = fileURLToPath(new URL('../fixtures/programs/daemon.pl', import.meta.url));

let home: HealerHome;
let pidFile: string;
let log: string;
beforeEach(() => {
  home = new HealerHome();
  pidFile = join(home.folder, 'daemon.pid');
  log = join(home.folder, 'daemon.log');
});
afterEach(() => home[Symbol.asyncDispose]());

async function up(
  args: readonly string[],
  fields: Readonly<Record<string, unknown>> = { type: 'forking' },
): Promise<void> {
  const daemon = { command: 'perl', args: [DAEMON, '--log', log, ...args], startSeconds: 0.2, ...fields };
  await home.ok('up', '-f', home.write('healer.yaml', JSON.stringify({ processes: { daemon } })));
}

/** The pids of the daemons that were started, oldest first. */
function started(): number[] {
  return [...home.read('daemon.log').matchAll(/^start (\d+)$/gm)].map(([, pid]) => Number(pid));
}

async function daemon(count = 1): Promise<number> {
  const pid = await waitFor(() => started()[count - 1], `daemon ${String(count)} to be started`);
  await waitFor(
    async () => {
      const row = await home.row('daemon');
      return row.state === 'running' && row.pid === pid;
    },
    `daemon ${String(count)} to be followed`,
  );
  return pid;
}

const VARIANTS: readonly (readonly [string, readonly string[], needsFile: boolean])[] = [
  ['that forks once', ['--single'], false],
  ['that forks twice', [], false],
  ['with workers', ['--workers', '2'], false],
  ['that writes its pid file late', ['--workers', '2', '--late', '600'], true],
  ['that hides its environment', ['--no-environment', '--workers', '1'], true],
];

describe.each([
  ['with cgroups where possible', {}],
  ['without cgroups', { HEALER_NO_CGROUP: '1' }],
])('%s, a program', (_where, env: Readonly<Record<string, string>>) => {
  beforeEach(() => {
    home.extraEnv = env;
  });

  test.each(VARIANTS)('%s is followed, restarted, adopted and stopped', async (_what, args, needsFile) => {
    await (needsFile ? up([...args, '--pid-file', pidFile], { type: 'forking', pidFile }) : up(args));
    const first = await daemon();
    expect((await home.row('daemon')).restarts).toBe(0);
    process.kill(first, 'SIGUSR1');
    const second = await daemon(2);
    expect((await home.event('crashed')).reason).toContain('exited with code 3');
    await home.killEngine();
    await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
    expect(await daemon(2)).toBe(second);
    process.kill(second, 'SIGKILL');
    const third = await daemon(3);
    await home.ok('restart', 'daemon');
    const fourth = await daemon(4);
    expect(home.read('daemon.log')).toContain(`term ${String(third)}\n`);
    await home.ok('stop', 'daemon');
    expect(home.read('daemon.log')).toContain(`term ${String(fourth)}\n`);
    expect(isAlive(fourth)).toBe(false);
    await home.down();
  });
});

test('limits apply to a program in the background, and its output is logged', async () => {
  await up(['--workers', '1']);
  const pid = await daemon();
  const row = await waitFor(async () => {
    const measured = await home.row('daemon');
    return measured.processes === 2 ? measured : null;
  }, 'both processes to be measured');
  expect(row.memoryMb).toBeGreaterThan(1);
  expect(await home.ok('logs', 'daemon')).toContain(`daemon ${String(pid)} is ready`);
  await home.ok('update', 'daemon', '--memory', '1');
  await home.event('limit-memory');
  await daemon(2);
  await home.down();
});

test('a pid file that names another process is not trusted', async () => {
  const bystander = spawn('sleep', ['1000'], { stdio: 'ignore' });
  try {
    writeFileSync(pidFile, `${String(bystander.pid)}\n`);
    await up(['--single'], { type: 'forking', pidFile, restart: { maxAttempts: 1, backoffMs: [0] } });
    await waitFor(() => started()[0], 'the daemon to be started');
    expect((await home.row('daemon')).state).toBe('starting');
    await home.ok('stop', 'daemon');
    expect(isAlive(started()[0] ?? 0)).toBe(false);
    expect(existsSync(`/proc/${String(bystander.pid)}`)).toBe(true);
  } finally {
    bystander.kill('SIGKILL');
  }
  await home.down();
});

test('an outdated pid file is ignored until the program writes it', async () => {
  writeFileSync(pidFile, '1\n');
  await up(['--late', '400', '--pid-file', pidFile], { type: 'forking', pidFile });
  expect(String(await daemon())).toBe(readFileSync(pidFile, 'utf8').trim());
  await home.down();
});

test('a program that leaves no process in the background has failed to start', async () => {
  const fields = { type: 'forking', command: 'true', args: [], restart: { maxAttempts: 1, backoffMs: [0] } };
  await up([], fields);
  const { why } = await home.state('daemon', 'failed');
  expect(why).toMatch(/^exited with code 0 after .*, but it left no process in the background; gave up/);
  await home.down();
});

test('an engine that is killed during the search continues it', async () => {
  await up(['--late', '3000', '--pid-file', pidFile], { type: 'forking', pidFile });
  await waitFor(async () => (await home.row('daemon')).why.includes('looking for its main process'), 'the search');
  await home.killEngine();
  await home.ok('up', '-f', join(home.folder, 'healer.yaml'));
  await daemon();
  expect(started()).toHaveLength(1);
  await home.down();
});

test('a program of type simple that goes to the background is explained, and nothing is left of it', async () => {
  await up(['--workers', '1'], { type: 'simple' });
  const { why } = await home.state('daemon', 'exited');
  expect(why).toMatch(
    /; it moved itself to the background \(".*", pid \d+\): run it in the foreground \(.*\) or set type: forking$/,
  );
  expect((await home.event('exited')).reason).toContain('it moved itself to the background');
  const story = await home.ok('why', 'daemon');
  expect(story).toContain('set type: forking');
  await home.down();
});
