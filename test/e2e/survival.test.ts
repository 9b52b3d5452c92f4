import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { removeFolder } from '../support/remove-folder.ts';

const SLEEP = 'sleep 100000';

describe('after kill -9 of the engine', () => {
  test('programs keep running with their pids, no restart is counted, and the next engine heals them', async () => {
    await using home = new HealerHome();
    await home.up(`a - - -- ${SLEEP}`, `b - - -- ${SLEEP}`);
    const [a, b] = [await home.state('a', 'running'), await home.state('b', 'running')];
    const before = await home.events();
    await home.killEngine();
    expect([a, b].map(({ pid }) => isAlive(Number(pid)))).toEqual([true, true]);

    await home.up();
    expect(await home.row('a')).toMatchObject({ pid: a.pid, restarts: 0, state: 'running' });
    expect(await home.row('b')).toMatchObject({ pid: b.pid, restarts: 0, state: 'running' });
    const after = await home.events();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ seq }) => seq)).toEqual(after.map((_, index) => index + 1));
    expect(after.filter(({ kind }) => kind === 'adopted').map(({ process }) => process)).toEqual(['a', 'b']);

    process.kill(Number(a.pid), 'SIGKILL');
    const crashed = await home.event('crashed');
    expect(crashed).toMatchObject({ process: 'a', pid: a.pid, data: { signal: 'SIGKILL', code: null } });
    expect(await home.state('a', 'running')).toMatchObject({ restarts: 1 });
    await home.ok('stop', 'b');
    expect(isAlive(Number(b.pid))).toBe(false);
    await home.down();
  });

  test('an exit in between is detected with its exit code, and healed', async () => {
    await using home = new HealerHome();
    await home.up(
      'dies - - -- sh -c "while [ ! -e die ]; do sleep 0.02; done; rm die; exit 7"',
      `stays - - -- ${SLEEP}`,
    );
    const { pid } = await home.state('dies', 'running');
    await home.killEngine();
    home.write('die', '');
    await waitFor(() => !isAlive(Number(pid)), 'the program to exit');
    await home.up();
    const crashed = await home.event('crashed', ({ process }) => process === 'dies');
    expect(crashed).toMatchObject({ pid, data: { code: 7, signal: null } });
    expect(await home.row('dies')).toMatchObject({ restarts: 1, lastExit: { code: 7 } });
    expect(await home.row('stays')).toMatchObject({ restarts: 0 });
    await home.down();
  });

  test('a signal in between is reported by its name', async () => {
    await using home = new HealerHome();
    await home.up(`a - - -- ${SLEEP}`);
    const { pid } = await home.state('a', 'running');
    await home.killEngine();
    process.kill(Number(pid), 'SIGSEGV');
    await waitFor(() => !isAlive(Number(pid)), 'the program to exit');
    await home.up();
    expect(await home.event('crashed')).toMatchObject({ pid, data: { code: null, signal: 'SIGSEGV' } });
    await home.down();
  });

  test('leftover processes of an exit in between are ended before the next start', async () => {
    await using home = new HealerHome();
    await home.up('family - - -- sh -c "sleep 100001 & sleep 100001 & sleep 100000"');
    const { pid } = await home.state('family', 'running');
    await home.killEngine();
    process.kill(Number(pid), 'SIGKILL');
    await waitFor(() => !isAlive(Number(pid)), 'the program to exit');
    await home.up();
    await home.event('restarted');
    const children = home.survivors().filter(({ command }) => command.startsWith('sleep 100001'));
    expect(children.length).toBeLessThanOrEqual(2);
    await home.down();
  });

  test('while many programs start, none is started twice', async () => {
    await using home = new HealerHome();
    const ids = Array.from({ length: 120 }, (_, index) => `p${String(index)}`);
    home.list(...ids.map((id) => `${id} - - -- ${SLEEP}`));
    const up = home.run('up', '-f', home.listFile);
    const sleeping = (): number => home.survivors().filter(({ command }) => command.startsWith('sleep')).length;
    await waitFor(() => sleeping() > 3, 'the first programs to start');
    process.kill(home.lockedPid(), 'SIGKILL');
    await up;
    await home.up();
    await waitFor(async () => [...(await home.rows()).values()].every(({ pid }) => pid !== null), 'all to be started');
    expect(sleeping()).toBe(ids.length);
    const known = new Set([...(await home.rows()).values()].map(({ pid }) => pid));
    expect(home.survivors().filter(({ pid, command }) => command.startsWith('sleep') && !known.has(pid))).toEqual([]);
    await home.down();
  });

  test('what was stopped stays stopped, disabled stays disabled, paused stays paused', async () => {
    await using home = new HealerHome();
    await home.up(
      ...['stopped', 'disabled', 'paused', 'ended'].map((id) => `${id} - - -- ${id === 'ended' ? 'true' : SLEEP}`),
    );
    await home.ok('stop', 'stopped');
    await home.ok('disable', 'disabled');
    await home.ok('pause', 'paused');
    await home.state('ended', 'exited');
    await home.killEngine();
    await home.up();
    const states = [...(await home.rows()).values()].map(({ id, state }) => [id, state]);
    expect(Object.fromEntries(states)).toEqual({
      stopped: 'stopped',
      disabled: 'disabled',
      paused: 'paused',
      ended: 'exited',
    });
    await home.ok('resume', 'paused');
    await home.down();
    await home.up();
    expect((await home.row('disabled')).state).toBe('disabled');
    expect((await home.row('stopped')).pid).not.toBeNull();
    await home.down();
  });

  test('a stop in progress is continued', async () => {
    await using home = new HealerHome();
    await home.up('slow - - -- sh -c "trap : TERM; echo ready > ready; while [ ! -e go ]; do sleep 0.05; done"');
    await waitFor(() => home.read('ready') !== '', 'the program to be ready');
    const stop = home.run('stop', 'slow');
    await home.state('slow', 'stopping');
    await home.killEngine();
    expect((await stop).code).not.toBe(0);
    await home.up();
    await home.state('slow', 'stopping');
    home.write('go', '');
    await home.state('slow', 'stopped');
    await home.down();
  });

  test('programs that were removed from the list meanwhile are kept until they are removed with --yes', async () => {
    await using home = new HealerHome();
    await home.up(`a - - -- ${SLEEP}`, `b - - -- ${SLEEP}`);
    const b = await home.pid('b');
    await home.killEngine();
    await home.up(`a - - -- ${SLEEP}`);
    expect(await home.pid('b')).toBe(b);
    await home.ok('up', '--yes');
    await waitFor(() => !isAlive(b), 'the removed program to exit');
    await waitFor(async () => !(await home.rows()).has('b'), 'its row to disappear');
    await home.down();
  });

  test('the sixth start of a crash loop never happens, and its cooldown continues', async () => {
    await using home = new HealerHome();
    await home.up('loop - - -- sh -c "echo x >> starts; exit 1"');
    const starts = (): number => home.read('starts').length / 2;
    await waitFor(() => starts() >= 3, 'the third start');
    await home.killEngine();
    await home.up();
    const row = await home.state('loop', 'cooldown');
    expect(starts()).toBe(6);
    expect(row.restarts).toBe(5);
    const began = await home.event('cooldown-started');
    expect(Math.abs(Date.parse(String(row.cooldownUntil)) - Date.parse(began.time) - 120_000)).toBeLessThan(1000);

    await home.killEngine();
    await home.up();
    const resting = await home.row('loop');
    expect(resting.state).toBe('cooldown');
    expect(Math.abs(Date.parse(String(resting.cooldownUntil)) - Date.parse(String(row.cooldownUntil)))).toBeLessThan(
      1000,
    );
    await home.down();
    await home.up();
    expect((await home.row('loop')).state).toBe('cooldown');
    expect(starts()).toBe(6);

    await home.ok('cooldown', 'reset', 'loop');
    await waitFor(() => starts() > 6, 'the start after the cooldown');
    expect(await home.kinds('loop')).toContain('cooldown-ended');
    await home.down();
  });
});

describe('down --keep', () => {
  test('leaves the programs to the next engine', async () => {
    await using home = new HealerHome();
    await home.up(`a - - -- ${SLEEP}`);
    const { pid } = await home.state('a', 'running');
    const output = await home.ok('down', '--keep');
    expect(output).toContain('a');
    expect(isAlive(Number(pid))).toBe(true);
    expect((await home.run('status')).code).toBe(3);
    await home.up();
    expect(await home.row('a')).toMatchObject({ pid, restarts: 0, state: 'running' });
    expect(await home.kinds('a')).toContain('adopted');
    await home.down();
  });
});

describe('a definition that is missing when the engine starts', () => {
  /** Starts `web`, and kills the engine. Returns the pid of the program. */
  async function leaveRunning(home: HealerHome): Promise<number> {
    home.write('other.yaml', `processes:\n  other: {command: sleep, args: ['100000']}\n`);
    home.write('web.yaml', `processes:\n  web: {command: sleep, args: ['100000']}\n`);
    await home.ok('up', '-f', join(home.folder, 'other.yaml'));
    await home.ok('up', '-f', join(home.folder, 'web.yaml'));
    const { pid } = await home.state('web', 'running');
    await home.killEngine();
    return Number(pid);
  }

  test('is adopted, not started twice, once a command names it again after all records were lost', async () => {
    await using home = new HealerHome();
    const pid = await leaveRunning(home);
    removeFolder(home.paths.stateDir);
    await home.ok('up', '-f', join(home.folder, 'other.yaml'));
    expect(isAlive(pid)).toBe(true);
    await home.ok('up', '-f', join(home.folder, 'web.yaml'));
    expect(await home.state('web', 'running')).toMatchObject({ pid, restarts: 0 });
    expect(await home.event('adopted', ({ process }) => process === 'web')).toMatchObject({ pid });
    await home.down();
    expect(isAlive(pid)).toBe(false);
  });

  test('is recorded as removed if the program has exited', async () => {
    await using home = new HealerHome();
    const pid = await leaveRunning(home);
    home.write('web.yaml', 'processes: {}\n');
    process.kill(pid, 'SIGKILL');
    await waitFor(() => !isAlive(pid), 'the program to exit');
    await home.ok('up', '-f', join(home.folder, 'other.yaml'));
    expect(await home.event('exited', ({ process }) => process === 'web')).toMatchObject({ pid });
    await home.event('removed', ({ process }) => process === 'web');
    expect((await home.rows()).has('web')).toBe(false);
    await home.down();
  });
});

test('a daemon of an adopted program is ended too if the program is removed at once, without cgroups', async () => {
  await using home = new HealerHome();
  home.extraEnv = { HEALER_NO_CGROUP: '1' };
  const daemon = 'setsid sh -c "echo \\$\\$ > daemon.pid; exec sleep 100000" & exec sleep 100000';
  await home.up(`other - - -- ${SLEEP}`);
  await home.ok('add', 'parent', '--', 'sh', '-c', `cd ${home.folder}; ${daemon}`);
  await home.state('parent', 'running');
  const pid = await waitFor(() => Number(home.read('daemon.pid')) || null, 'the daemon');
  // Old enough that its age alone does not suggest that it was never sampled.
  await waitFor(async () => ((await home.row('parent')).uptimeMs ?? 0) > 2_500, 'the program to be older');
  await home.killEngine();
  await home.ok('remove', 'parent');
  await home.ok('up', '-f', join(home.folder, 'process_list.txt'));
  await waitFor(async () => !(await home.rows()).has('parent'), 'the program to be removed');
  await waitFor(() => !isAlive(pid), 'the daemon to exit');
  await home.down();
});

test('a shutdown that is interrupted by kill -9 does not keep programs stopped under the next engine', async () => {
  await using home = new HealerHome();
  home.write(
    'healer.yaml',
    `processes:
  quick: {command: sleep, args: ['100000']}
  stubborn: {command: sh, args: [-c, 'trap : TERM; while :; do sleep 0.1; done'], stop: {gracefulTimeoutMs: 2000}}
`,
  );
  const file = join(home.folder, 'healer.yaml');
  await home.ok('up', '-f', file);
  const [quick, slow] = [await home.state('quick', 'running'), await home.state('stubborn', 'running')];
  const down = home.run('down');
  await waitFor(() => !isAlive(Number(quick.pid)) && isAlive(Number(slow.pid)), 'the shutdown to be under way');
  await home.event('exited', ({ process }) => process === 'quick');
  await home.killEngine();
  await down;
  await home.ok('up', '-f', file);
  expect((await home.state('quick', 'running')).pid).not.toBe(quick.pid);
  await waitFor(async () => {
    const { state, pid } = await home.row('stubborn');
    return state === 'running' && pid !== slow.pid;
  }, 'the other program to run again');
  expect(isAlive(Number(slow.pid))).toBe(false);
  await home.down();
});
