import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { collectorPathsOf } from '../../src/engine/logs/files/collector-paths.ts';
import { HealerHome } from '../support/healer-home.ts';
import { PairHome, SLEEPERS } from '../support/pair-home.ts';
import { runningCollectorPid } from '../support/collector-pid.ts';
import { waitFor } from '../support/wait-for.ts';

/** Kills without a chance to clean up, and waits until the process is gone. */
async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await waitFor(() => !isAlive(pid), 'the process to exit');
}

async function collectorPid({ paths }: HealerHome): Promise<number> {
  return waitFor(() => runningCollectorPid(collectorPathsOf(paths)), 'the log collector');
}

const locksIn = (folder: string): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.lock'));

test.each([[['down']], [['down', '--keep']]])(
  'healer %s removes the files of a watcher that was killed',
  async (command) => {
    await using home = new PairHome();
    await home.watch();
    await home.paired();
    const watcher = home.holder('watcher');
    // Suspended, so that it is not replaced and is killed by the command.
    process.kill(home.holder('default'), 'SIGSTOP');
    await kill(watcher);
    process.kill(home.holder('default'), 'SIGCONT');
    await home.ok(...command);
    const left = (): readonly string[] =>
      readdirSync(home.paths.runtimeDir).filter((name) => name.startsWith('watcher'));
    await waitFor(() => left().length === 0 || left().join(), 'the files of the watcher to be removed');
    expect(locksIn(home.sides.watcher.stateDir)).toEqual([]);
    if (command.includes('--keep')) {
      expect(existsSync(home.paths.pipesDir)).toBe(true);
      await home.up();
      await home.down();
    }
    expect(readdirSync(home.paths.runtimeDir)).toEqual([]);
  },
);

test('the files of an engine that was killed and never replaced go with its watcher, except what its programs need', async () => {
  await using home = new PairHome();
  await home.up(...SLEEPERS);
  // It watches and does not replace.
  await home.watch('--standalone');
  await waitFor(async () => (await home.status()).watcher.partner?.alive === true, 'the watcher to see the engine');
  const programs = await home.programs();
  await kill(home.holder('default'));
  await home.ok('down', '--keep');
  const names = readdirSync(home.paths.runtimeDir);
  expect(names.filter((name) => name.startsWith('watcher') || /\.(?:lock|sock|start\.json)$/.test(name))).toEqual([
    'default.collector.lock',
  ]);
  // Its log collector still runs, and the next engine adopts the programs.
  await home.up();
  expect(await home.programs()).toEqual(programs);
  await home.down();
  expect(readdirSync(home.paths.runtimeDir)).toEqual([]);
});

test('a down removes what an earlier engine and log collector left when they were killed', async () => {
  await using home = new HealerHome();
  await home.up('talker - - -- sh -c "while :; do date; sleep 0.01; done"');
  await home.state('talker', 'running');
  await kill(await collectorPid(home));
  await home.killEngine();
  const { runtimeDir, startNote } = home.paths;
  writeFileSync(`${startNote}.new`, 'half a no');
  writeFileSync(join(runtimeDir, 'default.starting'), '{}');
  writeFileSync(join(runtimeDir, 'default.exits.new'), '');
  await home.up();
  await home.down();
  expect(readdirSync(runtimeDir)).toEqual([]);
  expect(locksIn(home.paths.stateDir)).toEqual([]);
});

test('a log collector that is killed during a down is replaced, so that the last output is logged and no file is left', async () => {
  await using home = new HealerHome();
  const handler = 'trap "seq 2000; exit" TERM';
  await home.up(`talker - - -- sh -c '${handler}; while :; do sleep 0.01; done'`);
  await home.state('talker', 'running');
  const collector = await collectorPid(home);
  process.kill(collector, 'SIGSTOP');
  const down = home.run('down');
  const log = join(home.paths.logsDir, 'talker', 'current.log');
  await waitFor(() => readFileSync(home.paths.healingLog, 'utf8').includes(' exited talker '), 'the program to exit');
  await kill(collector);
  expect(await down).toMatchObject({ code: 0 });
  expect(readdirSync(home.paths.runtimeDir)).toEqual([]);
  const lines = readFileSync(log, 'utf8');
  expect(lines).toContain(' 2000\n');
});

test('an instance that is named like a watcher, but watches no instance, keeps its files', async () => {
  await using home = new HealerHome();
  await home.up('a - - -- sleep 100000');
  await home.ok('add', 'b', '--instance', 'watcher', '--', 'sleep', '100001');
  await home.ok('up', '--instance', 'watcher');
  const owner = (): number =>
    Number(/"pid":(\d+)/.exec(readFileSync(join(home.paths.runtimeDir, 'watcher.lock'), 'utf8'))?.[1]);
  await kill(owner());
  await home.ok('down');
  expect(readdirSync(home.paths.runtimeDir)).toContain('watcher.pipes');
  await home.ok('up', '--instance', 'watcher');
  const rows = JSON.parse(await home.ok('ls', 'b', '--instance', 'watcher', '--json')) as object[];
  expect(rows).toMatchObject([{ id: 'b', state: 'running' }]);
  await home.ok('down', '--instance', 'watcher');
  expect(readdirSync(home.paths.runtimeDir)).toEqual([]);
});
