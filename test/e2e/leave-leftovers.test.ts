import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLockOwner } from '../../src/base/lock-owner.ts';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(async () => {
  await home.run('down');
  for (const pid of left()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await home[Symbol.asyncDispose]();
});

/** The processes that each run has put in the background, in order of the runs. */
const left = (): number[] => home.read('left').trim().split('\n').filter(Boolean).map(Number);

/** A program that starts a process in a session of its own; one that hides its environment carries no mark. */
function define(isHidden: boolean, leftovers = 'leave'): string {
  const start = `setsid ${isHidden ? '/usr/bin/env -i ' : ''}/bin/sleep 100000 & echo $! >> ${join(home.folder, 'left')}`;
  const file = join(home.folder, 'healer.yaml');
  const args = JSON.stringify(['-c', `${start}; exec sleep 200000`]);
  writeFileSync(
    file,
    `processes:\n  web: { command: sh, args: ${args}, leftovers: ${leftovers}, startSeconds: 0, restart: { policy: always, backoffMs: [0] } }\n`,
  );
  return file;
}

async function started(count: number): Promise<void> {
  await waitFor(() => left().length === count, `run ${String(count)}`);
  await home.state('web', 'running');
}

async function killEngine(): Promise<void> {
  const pid = readLockOwner(home.paths.lock)?.pid ?? 0;
  process.kill(pid, 'SIGKILL');
  await waitFor(() => !isAlive(pid), 'the death of the engine');
}

for (const isHidden of [false, true]) {
  const kind = isHidden ? 'a process that hides its environment' : 'a marked process';

  test(`${kind} is left by a stop, a restart, a crash, an edit, a kill, a removal and "down"`, async () => {
    const file = define(isHidden);
    await home.ok('up', '-f', file);
    await started(1);
    await home.ok('stop', 'web');
    await home.ok('start', 'web');
    await started(2);
    await home.ok('restart', 'web');
    await started(3);
    process.kill(await home.pid('web'), 'SIGKILL');
    await started(4);
    await home.ok('update', 'web', '--env', 'A=1');
    await started(5);
    const [before, own] = [left().slice(0, -1), left().at(-1) ?? 0];
    expect(left().map((pid) => isAlive(pid))).toEqual(left().map(() => true));
    // A kill ends the tree of the run, but not what earlier runs left.
    await home.ok('kill', 'web');
    await waitFor(() => isHidden || !isAlive(own), 'the end of the current run');
    expect(before.map((pid) => isAlive(pid))).toEqual(before.map(() => true));
    writeFileSync(file, 'processes: {}\n');
    await home.ok('reload-config');
    await waitFor(async () => (await home.rows()).size === 0, 'the removal');
    await home.ok('down');
    expect(before.map((pid) => isAlive(pid))).toEqual(before.map(() => true));
  });

  test(`${kind} is left when the engine dies and the next one takes stock`, async () => {
    const file = define(isHidden);
    await home.ok('up', '-f', file);
    await started(1);
    await home.ok('restart', 'web');
    await started(2);
    await killEngine();
    await home.ok('up', '-f', file);
    await home.state('web', 'running');
    await home.ok('restart', 'web');
    await started(3);
    await killEngine();
    process.kill(mainPid(), 'SIGKILL');
    await home.ok('up', '-f', file);
    await started(4);
    await killEngine();
    writeFileSync(file, 'processes: { other: { command: sleep, args: [100000] } }\n');
    await home.ok('up', '-f', file);
    await home.ok('down');
    const earlier = left().slice(0, 3);
    expect(earlier.map((pid) => isAlive(pid))).toEqual([true, true, true]);
  });
}

/** Starts an engine without the program, whose definition is gone, and shuts it down again. */
async function upAndDownWithout(file: string): Promise<void> {
  writeFileSync(file, 'processes: { other: { command: sleep, args: [100000], startSeconds: 0 } }\n');
  await home.ok('up', '-f', file);
  await home.state('other', 'running');
  await home.ok('down');
}

test.each(['a down', 'a removal and a kill of the engine'])(
  'what a program left on purpose stays when its definition and its record are gone, after %s',
  async (how) => {
    const file = define(false);
    await home.ok('up', '-f', file);
    await started(1);
    if (how === 'a down') await home.ok('down');
    else {
      writeFileSync(file, 'processes: {}\n');
      await home.ok('reload-config');
      await waitFor(async () => (await home.rows()).size === 0, 'the removal');
      await killEngine();
    }
    await upAndDownWithout(file);
    expect(left().map((pid) => isAlive(pid))).toEqual([true]);
  },
);

test('what a program did not leave on purpose is ended by a later engine that does not know it', async () => {
  const file = define(false, 'kill');
  await home.ok('up', '-f', file);
  await started(1);
  await killEngine();
  process.kill(mainPid(), 'SIGKILL');
  writeFileSync(home.paths.stateFile, '');
  await upAndDownWithout(file);
  await waitFor(() => left().every((pid) => !isAlive(pid)), 'the end of what the program left');
});

/** Returns the main process of the current run, while no engine runs. */
function mainPid(): number {
  const lines = execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const found = lines.find((line) => {
    const [pid = ''] = line.trim().split(/\s+/);
    if (!line.includes('sleep 200000')) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(home.folder);
    } catch {
      return false;
    }
  });
  return Number(found?.trim().split(/\s+/)[0]);
}
