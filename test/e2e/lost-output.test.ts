import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

/** Waits for the log collector, which becomes ready after the engine. */
function collectorPid(home: HealerHome): Promise<number> {
  const lock = join(home.paths.stateDir, 'keeper.lock');
  const read = (): number => (existsSync(lock) ? Number(/"pid":(\d+)/.exec(readFileSync(lock, 'utf8'))?.[1] ?? 0) : 0);
  return waitFor(() => (read() === 0 ? null : read()), 'the log collector');
}

const TALKER = 'sh -c "i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done"';

async function killBoth(home: HealerHome): Promise<void> {
  const pid = await collectorPid(home);
  process.kill(pid, 'SIGKILL');
  await home.killEngine();
  await waitFor(() => !isAlive(pid), 'the log collector to exit');
}

describe('output that no process kept', () => {
  test('is reported after the death of engine and log collector, in the log of the program too', async () => {
    await using home = new HealerHome();
    await home.up(`talker - - -- ${TALKER}`, 'quiet - - -- sleep 100000');
    const { pid } = await home.state('talker', 'running');
    await killBoth(home);
    process.kill(-(pid ?? 0), 'SIGKILL');
    await waitFor(() => !isAlive(pid ?? 0), 'the program to exit');
    await home.up();
    const gap = await home.event('log-gap', (event) => event.process === 'talker');
    expect(gap).toMatchObject({
      data: { lines: null, bytes: null },
      reason: expect.stringContaining('may be missing'),
    });
    expect(await home.ok('logs', 'talker', '-n', '1000')).toContain('an unknown number of lines is missing');
    expect(await home.kinds('quiet')).not.toContain('log-gap');
    await home.down();
  });

  test('is reported even if the records of the run are lost too', async () => {
    await using home = new HealerHome();
    await home.up(`talker - - -- ${TALKER}`);
    const { pid } = await home.state('talker', 'running');
    await killBoth(home);
    process.kill(-(pid ?? 0), 'SIGKILL');
    await waitFor(() => !isAlive(pid ?? 0), 'the program to exit');
    rmSync(home.paths.stateFile);
    rmSync(home.paths.healingLog);
    await home.up();
    const gap = await home.event('log-gap', (event) => event.process === 'talker');
    expect(gap).toMatchObject({ data: { lines: null, bytes: null } });
    const next = await home.state('talker', 'running');
    expect((await home.event('started', (event) => event.pid === next.pid)).data).toMatchObject({ run: 2 });
    expect(await home.ok('logs', 'talker', '-n', '1000')).toContain('an unknown number of lines is missing');
    await home.down();
    expect(existsSync(home.paths.pipesDir)).toBe(false);
  });

  test('is not lost if the next engine stops the program at once', async () => {
    await using home = new HealerHome();
    home.list(`talker - - -- ${TALKER}`);
    await home.up();
    const { pid } = await home.state('talker', 'running');
    await killBoth(home);
    const log = join(home.paths.logsDir, 'talker', 'current.log');
    const logged = (): number => readFileSync(log, 'utf8').split('\n').length - 1;
    const before = logged();
    await home.ok('disable', 'talker');
    await home.up();
    await waitFor(() => !isAlive(pid ?? 0), 'the program to exit');
    await home.state('talker', 'disabled');
    await waitFor(() => logged() > before, 'the output that was in the pipes');
    const numbers = readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .filter((line) => !line.includes(' healer F run '))
      .map((line) => Number(line.split(' ').at(-1)));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    await home.down();
  });

  test('is collected instead while a process that the program left behind keeps its pipes open', async () => {
    await using home = new HealerHome();
    const script =
      'sleep 100000 & i=0; while test $i -lt 50; do i=$((i+1)); echo last $i; sleep 0.01; done; exec sleep 100000';
    home.write(
      'healer.yaml',
      `processes:\n  parent: {command: sh, args: [-c, '${script}'], leftovers: leave, startSeconds: 0}\n`,
    );
    const file = join(home.folder, 'healer.yaml');
    await home.ok('up', '-f', file);
    const { pid } = await home.state('parent', 'running');
    await killBoth(home);
    await waitFor(
      () => readFileSync(`/proc/${pid ?? 0}/cmdline`, 'utf8').startsWith('sleep'),
      'the output to be written',
    );
    process.kill(pid ?? 0, 'SIGKILL');
    await waitFor(() => !isAlive(pid ?? 0), 'the program to exit');
    await home.ok('up', '-f', file);
    await waitFor(
      async () => (await home.ok('logs', 'parent', '-n', '1000')).includes('last 50'),
      'the output to be logged',
    );
    expect(await home.kinds('parent')).not.toContain('log-gap');
    await home.ok('down');
  });

  test('is reported if the log collector was suspended during the whole life of a program', async () => {
    await using home = new HealerHome();
    await home.up('quiet - - -- sleep 100000');
    const collector = await collectorPid(home);
    process.kill(collector, 'SIGSTOP');
    await home.ok('add', 'short', '--restart', 'never', '--', 'sh', '-c', 'echo lost');
    await home.state('short', 'exited', 'failed');
    await home.killEngine();
    process.kill(collector, 'SIGCONT');
    await home.up();
    await home.event('log-gap', (event) => event.process === 'short');
    await home.down();
  });
});

test('a removed state folder does not lead to a second log collector after a kill of the engine', async () => {
  await using home = new HealerHome();
  await home.up(`talker - - -- ${TALKER}`);
  const collector = await collectorPid(home);
  // Renamed first: the engine may write into the folder while it is emptied.
  renameSync(home.paths.stateDir, `${home.paths.stateDir}.removed`);
  rmSync(`${home.paths.stateDir}.removed`, { recursive: true, force: true });
  await home.killEngine();
  await home.up();
  await home.event('adopted', (event) => event.process === 'talker');
  await waitFor(() => existsSync(join(home.paths.stateDir, 'keeper.lock')), 'the lock to be restored');
  expect(await collectorPid(home)).toBe(collector);
  expect(home.survivors().filter(({ command }) => command.includes('healer-keeper'))).toHaveLength(1);
  await home.down();
});
