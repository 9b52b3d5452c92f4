import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { collectorPathsOf } from '../../src/engine/logs/files/collector-paths.ts';
import { HealerHome } from '../support/healer-home.ts';
import { PairHome, SLEEPERS } from '../support/pair-home.ts';
import { runningCollectorPid } from '../support/collector-pid.ts';
import { waitFor } from '../support/wait-for.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** A program with a child, one with a daemon in a session of its own, one that crashes all the time, and a dependent. */
const PROGRAMS = [
  'family - - -- sh -c "sleep 100031 & exec sleep 100032"',
  'daemon - - -- sh -c "setsid sleep 100033 & exec sleep 100034"',
  'crasher - - -- sh -c "sleep 0.2; exit 3"',
  'plain - - -- sleep 100035',
];

async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await waitFor(() => !isAlive(pid), 'the process to exit');
}

function collectorOf({ paths }: HealerHome): Promise<number> {
  return waitFor(() => runningCollectorPid(collectorPathsOf(paths)), 'the log collector');
}

test('"healer down" after the engine died within another one starts nothing, and stops the rest in order', async () => {
  await using home = new HealerHome();
  const log = join(home.folder, 'ends.txt');
  // All but the first take a while to end, so that the engine is killed before all programs have ended.
  const script = (id: string): string =>
    `trap '${id === 'web' ? '' : 'sleep 0.5; '}echo ${id} >> ${log}; exit 0' TERM; while :; do sleep 0.05; done`;
  const program = (id: string, ...dependsOn: readonly string[]): object => ({
    command: 'sh',
    args: ['-c', script(id)],
    dependsOn,
  });
  const processes = { db: program('db'), api: program('api', 'db'), web: program('web', 'api') };
  const file = home.write('healer.yaml', JSON.stringify({ processes }));
  await home.ok('up', '-f', file);
  for (const id of ['db', 'api', 'web']) await home.state(id, 'running');
  const engine = await home.enginePid();
  const interrupted = home.run('down');
  await waitFor(() => home.read('ends.txt') !== '', 'the first program to be stopped');
  process.kill(engine, 'SIGKILL');
  await interrupted;
  await home.down();
  expect(home.read('ends.txt')).toBe('web\napi\ndb\n');
  await home.ok('up', '-f', file);
  for (const id of ['db', 'api', 'web']) await home.state(id, 'running');
  await home.down();
});

/** Starts the programs, and kills the engine once all of them run. */
async function orphaned(home: HealerHome, lines: readonly string[] = PROGRAMS): Promise<void> {
  await home.up(...lines);
  for (const id of ['family', 'daemon', 'plain']) await home.state(id, 'running');
  await waitFor(
    () => home.survivors().filter(({ command }) => command.startsWith('sleep 10003')).length === 5,
    'all processes',
  );
  await home.killEngine();
}

describe.each([
  ['with cgroups', {}],
  ['without cgroups', { HEALER_NO_CGROUP: '1' }],
])('after the engine was killed, %s, "healer down" ends all it had left,', (_, env) => {
  test.each<[what: string, damage: (home: HealerHome) => Promise<void> | void]>([
    ['with a log collector', () => undefined],
    [
      'without a log collector',
      // The output of programs is not read until the next log collector runs.
      async (home) => kill(await collectorOf(home)),
    ],
    ['without its state file', ({ paths }) => rmSync(paths.stateFile)],
    ['without its state folder', ({ paths }) => removeFolder(paths.stateDir)],
    ['without its runtime folder', ({ paths }) => removeFolder(paths.runtimeDir)],
    ['without the file of its programs', ({ listFile }) => rmSync(listFile)],
    [
      'without its state folder and the file of its programs',
      ({ paths, listFile }) => {
        removeFolder(paths.stateDir);
        rmSync(listFile);
      },
    ],
  ])('%s', async (_case, damage) => {
    await using home = new HealerHome();
    home.extraEnv = env;
    await orphaned(home);
    await damage(home);
    expect(await home.ok('down')).toMatch(
      /^No engine was running; .*\d (?:programs|processes?) that an earlier engine had left running/m,
    );
    await home.empty();
    expect(await home.run('down')).toMatchObject({ code: 3 });
  });
});

test('"healer down" with JSON names what it ended and no engine', async () => {
  await using home = new HealerHome();
  await home.up('plain - - -- sleep 100036');
  await home.state('plain', 'running');
  await home.killEngine();
  expect(JSON.parse(await home.ok('down', '--json'))).toMatchObject({ pid: null, stopped: ['plain'], kept: [] });
  await home.empty();
});

test('without cgroups, "healer down" ends a child that left the session and cleared its environment', async () => {
  await using home = new HealerHome();
  home.extraEnv = { HEALER_NO_CGROUP: '1' };
  const pids = (): number[] => home.read('strays').split('\n').filter(Boolean).map(Number);
  const strays = join(home.folder, 'strays');
  await home.up(
    `hider - - -- sh -c 'env -i setsid sh -c "echo \\$\\$ >> ${strays}; exec sleep 100041" & exec sleep 100042'`,
  );
  await waitFor(() => pids().length === 1, 'the child to start');
  await home.killEngine();
  await home.ok('down');
  await waitFor(() => !pids().some(isAlive), 'the child of the dead engine to be ended');
  await home.up();
  await waitFor(() => pids().length === 2, 'the next child to start');
  await home.down();
  await waitFor(() => !pids().some(isAlive), 'the child to be ended');
  expect(pids()).toHaveLength(2);
});

test('"healer down --timeout" applies to programs that a dead engine left too', async () => {
  await using home = new HealerHome();
  await home.up(`deaf - - -- sh -c 'trap "" TERM; while :; do sleep 0.1; done'`);
  await home.state('deaf', 'running');
  await home.killEngine();
  const output = await home.ok('down', '--timeout', '300ms');
  expect(output).toContain('Force killed because they did not stop in time: deaf.');
  await home.empty();
});

test('after the engine was killed, "healer down --keep" leaves its programs to the next engine', async () => {
  await using home = new HealerHome();
  await home.up('plain - - -- sleep 100037');
  const pid = await home.pid('plain');
  await home.killEngine();
  expect(await home.run('down', '--keep')).toMatchObject({ code: 3 });
  await home.up();
  expect(await home.pid('plain')).toBe(pid);
  await home.down();
});

test('nothing is started by a "healer down" that finds nothing', async () => {
  await using home = new HealerHome();
  await home.up('plain - - -- sleep 100038');
  await home.down();
  const before = readFileSync(home.paths.healingLog, 'utf8');
  const { code, stderr } = await home.run('down');
  expect(code).toBe(3);
  expect(stderr).toContain('the engine is not running');
  expect(readFileSync(home.paths.healingLog, 'utf8')).toBe(before);
});

test('a program that crashed while no engine ran is recorded and not started by "healer down"', async () => {
  await using home = new HealerHome();
  const started = join(home.folder, 'started');
  await home.up(`plain - - -- sleep 100039`, `noted - - -- sh -c "echo >> ${started}; sleep 100040"`);
  const pid = await home.pid('noted');
  await waitFor(() => home.read('started') !== '', 'the program to note its start');
  await home.killEngine();
  await kill(pid);
  await home.ok('down');
  await home.empty();
  expect(home.read('started')).toBe('\n');
  expect(readFileSync(home.paths.healingLog, 'utf8')).toMatch(/ crashed noted /);
});

test('the watcher of a dead engine and its programs are ended together', async () => {
  await using home = new PairHome();
  await home.up(...SLEEPERS);
  await home.watch('--standalone');
  await waitFor(async () => (await home.status()).watcher.partner?.alive === true, 'the watcher to see the engine');
  await kill(home.holder('default'));
  const output = await home.ok('down');
  expect(output).toMatch(/^Stopped the watcher \(pid \d+\)\./m);
  expect(output).toMatch(/^No engine was running; stopped \d+ programs that an earlier engine had left running/m);
  await home.empty();
});
