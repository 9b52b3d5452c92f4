import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { runningCollectorPid } from '../support/collector-pid.ts';
import { waitFor } from '../support/wait-for.ts';

function remount(folder: string, mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, folder]);
}

function isRemounted(folder: string, mode: 'ro' | 'rw'): boolean {
  return spawnSync('mount', ['-o', `remount,${mode}`, folder]).status === 0;
}

/**
 * Mounts a folder over itself, read-only: files that are open for writing prevent a remount of their own disk. A file that is
 * opened between the two steps prevents it as well.
 */
function isCoveredReadOnly(folder: string): boolean {
  execFileSync('mount', ['--bind', folder, folder]);
  const isReadOnly = spawnSync('mount', ['-o', 'remount,bind,ro', folder]).status === 0;
  if (!isReadOnly) execFileSync('umount', ['--lazy', folder]);
  return isReadOnly;
}

/** Makes the state folder a disk of its own, which can be made read-only. */
async function withStateDisk(work: (home: HealerHome, state: string) => Promise<void>): Promise<void> {
  await using home = new HealerHome();
  const state = `${home.folder}/state`;
  mkdirSync(state);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', state]);
  try {
    await work(home, state);
  } finally {
    remount(state, 'rw');
    // A shutdown that failed leaves everything running, and nothing could be unmounted.
    await home.run('down');
    execFileSync('umount', ['--lazy', state]);
  }
}

test('an engine starts on a read-only state folder, guards its programs, and writes once it can', async () => {
  await withStateDisk(async (home, state) => {
    await home.up('a - - -- sleep 100000', 'b - - -- sh -c "while :; do date; sleep 0.01; done"');
    await home.down();
    remount(state, 'ro');
    const { code, stderr } = await home.run('up', '-f', home.listFile);
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('cannot write state: EROFS') });
    const before = await home.pid('a');
    process.kill(before, 'SIGKILL');
    await waitFor(async () => ((await home.row('a')).pid ?? before) !== before, 'the program to be restarted');
    // A second engine of the instance finds the first one, although there is no file to lock.
    expect(await home.ok('up', '-f', home.listFile)).toContain('already running');

    const lastSeq = Math.max(...(await home.events()).map(({ seq }) => seq));
    await home.killEngine();
    const [a, b] = [await aliveOf(home, 'sleep 100000'), await aliveOf(home, 'while')];
    await home.up();
    expect([await home.pid('a'), await home.pid('b')]).toEqual([a, b]);
    // The numbers that clients have seen are not used again, and the loss of these events is reported.
    expect((await home.event('file-corrupt')).seq).toBeGreaterThan(lastSeq);

    remount(state, 'rw');
    await waitFor(async () => (await home.ask((api) => api.status({}))).degraded.length === 0, 'the engine to recover');
    expect(readFileSync(home.paths.healingLog, 'utf8')).toContain('could not be written before the engine was killed');
    await home.down();
  });
});

test('output that was lost with everything is stated in the log, although the next log collector could not write and was killed', async () => {
  await withStateDisk(async (home, state) => {
    await home.up('talker - - -- sh -c "while :; do date; sleep 0.01; done"');
    const { pid } = await home.state('talker', 'running');
    const killAll = async (also: readonly number[]): Promise<void> => {
      const keeper = await collectorOf(home);
      for (const each of also) process.kill(-each, 'SIGKILL');
      process.kill(keeper, 'SIGKILL');
      await home.killEngine();
      await waitFor(() => [keeper, ...also].every((each) => !isAlive(each)), 'everything to exit');
    };
    await waitFor(() => existsSync(join(home.paths.logsDir, 'talker', 'current.log')), 'output');
    await killAll([pid ?? 0]);
    // Files stay open for a moment after the death of their process.
    await waitFor(() => isRemounted(state, 'ro'), 'the disk to become read-only');
    await home.up();
    await home.event('log-gap', (event) => event.process === 'talker');
    await killAll([]);
    remount(state, 'rw');
    await home.up();
    await waitFor(
      async () => (await home.ok('logs', 'talker', '-n', '1000')).includes('an unknown number of lines is missing'),
      'the log to state the loss',
    );
  });
});

test('a state folder that becomes read-only under a running engine loses no event, and each line that is missing is counted', async () => {
  await using home = new HealerHome();
  const script = '$| = 1; for ($i = 0; ; $i++) { print "n $i\\n"; select undef, undef, undef, 0.002 }';
  const logs = { maxSizeMb: 0.02, keep: 900, timestamps: false };
  const processes = {
    sleeper: { command: 'sleep', args: ['100000'] },
    counter: { command: 'perl', args: ['-e', script], logs },
  };
  const file = home.write('healer.yaml', JSON.stringify({ processes }));
  await home.ok('up', '-f', file);
  const { stateDir, healingLog, logsDir } = home.paths;
  const folder = join(logsDir, 'counter');
  await waitFor(() => existsSync(join(folder, 'current.log')), 'output');
  await waitFor(() => isCoveredReadOnly(stateDir), 'the folder to become read-only');
  try {
    const before = await home.pid('sleeper');
    process.kill(before, 'SIGKILL');
    await waitFor(async () => ![null, before].includes((await home.row('sleeper')).pid), 'the program to be restarted');
    const pid = await home.pid('sleeper');
    await home.event('log-gap', (event) => event.process === 'counter');
    await home.killEngine();
    await home.ok('up', '-f', file);
    expect(await home.row('sleeper')).toMatchObject({ pid, restarts: 1 });
  } finally {
    execFileSync('umount', ['--lazy', stateDir]);
  }
  await waitFor(async () => (await home.ask((api) => api.status({}))).degraded.length === 0, 'the engine to recover');
  await home.event('log-gap', ({ reason }) => reason.includes('were not written'));
  await home.ok('stop', 'counter');
  const seqs = readFileSync(healingLog, 'utf8').match(/(?<=^\S+ )\d+/gm) ?? [];
  expect(seqs.map(Number)).toEqual(seqs.map((_, index) => index + 1));
  const printed = await home.ok('logs', 'counter', '-n', '1000000');
  const numbers = [...printed.matchAll(/\bn (\d+)$/gm)].map(([, number]) => Number(number));
  const counted = [...printed.matchAll(/(\d+) lines \(\d+ bytes\) were not written/g)].map(([, lines]) =>
    Number(lines),
  );
  const missing = (numbers.at(-1) ?? 0) + 1 - numbers.length;
  expect(counted.reduce((sum, lines) => sum + lines, 0)).toBe(missing);
  expect(missing).toBeGreaterThan(0);
  await home.down();
});

/** Its lock is in the runtime folder while the state folder is read-only. */
function collectorOf({ paths }: HealerHome): Promise<number> {
  const note = {
    lock: join(paths.stateDir, 'keeper.lock'),
    spareLock: join(paths.runtimeDir, 'default.collector.lock'),
  };
  return waitFor(() => runningCollectorPid(note), 'the log collector');
}

async function aliveOf(home: HealerHome, command: string): Promise<number> {
  const found = home.survivors().find((each) => each.command.includes(command));
  return Promise.resolve(found?.pid ?? 0);
}
