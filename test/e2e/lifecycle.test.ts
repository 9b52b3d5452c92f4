import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const NODE = process.execPath;

/** After SIGTERM, it exits once a file "go" exists. */
const SLOW_TO_END = `#!/bin/sh
trap 'while ! test -e go; do sleep 0.05; done; exit 0' TERM
echo ready > ready
while :; do sleep 0.05; done
`;

describe('programs of every kind', () => {
  test('are kept running, their exits are reported correctly, and no process is left after down', async () => {
    await using home = new HealerHome();
    const script = home.write('loop.sh', '#!/bin/sh\nwhile :; do sleep 60; done\n');
    await home.up(
      'sleeper - - -- sleep 100000',
      `node - - -- ${NODE} -e "setInterval(() => {}, 60000)"`,
      `script - - -- ${script}`,
      `python - - -- ${interpreter()}`,
      'good - - -- sh -c "exit 0"',
    );
    for (const id of ['sleeper', 'node', 'script', 'python']) {
      const { pid, restarts, source } = await home.state(id, 'running');
      expect(isAlive(Number(pid))).toBe(true);
      expect(restarts).toBe(0);
      expect(source).toMatch(/process_list\.txt:\d$/);
    }
    expect(await home.state('good', 'exited')).toMatchObject({ restarts: 0, lastExit: { code: 0, signal: null } });

    for (const [id, signal] of [
      ['sleeper', 'SIGKILL'],
      ['python', 'SIGSEGV'],
      ['script', 'SIGTERM'],
    ] as const) {
      const before = await home.pid(id);
      process.kill(before, signal);
      const event = await home.event('crashed', ({ process: of }) => of === id);
      expect(event).toMatchObject({ pid: before, data: { code: null, signal } });
      expect(event.reason).toContain(`killed by ${signal}`);
      const row = await home.state(id, 'running', 'starting');
      expect(row).toMatchObject({ restarts: 1, lastExit: { code: null, signal } });
      expect(row.pid).not.toBe(before);
      expect(isAlive(before)).toBe(false);
    }
    await home.down();
  });

  test('exit code 3 is a crash with that code, and a missing file is a failed start that names it', async () => {
    await using home = new HealerHome();
    await home.up('three - - -- sh -c "exit 3"', 'missing - - -- no-such-program-anywhere', 'fine - - -- sleep 1000');
    const crashed = await home.event('crashed');
    expect(crashed).toMatchObject({ process: 'three', data: { code: 3, signal: null, coreDumped: false } });
    expect(crashed.reason).toContain('exited with code 3');
    const failed = await home.event('spawn-failed');
    expect(failed.process).toBe('missing');
    expect(failed.reason).toContain('no-such-program-anywhere');
    expect(failed.reason).toContain('/usr/bin');
    expect((await home.state('missing', 'backoff')).pid).toBeNull();
    const start = await home.run('start', 'missing');
    expect(start.code).toBe(1);
    expect(start.stderr).toContain('no-such-program-anywhere');
    await home.state('fine', 'running');
    await home.down();
  });

  test('one that ignores SIGTERM is killed after its stop timeout, and this is reported', async () => {
    await using home = new HealerHome();
    await home.up('stubborn - - -- sh -c "trap : TERM; echo ready > ready; while :; do sleep 0.05; done"');
    await waitFor(() => home.read('ready') !== '', 'the program to ignore its signal');
    const pid = await home.pid('stubborn');
    const output = await home.ok('stop', 'stubborn', '--timeout', '300ms');
    expect(output).toContain('stubborn');
    expect(isAlive(pid)).toBe(false);
    expect(await home.row('stubborn')).toMatchObject({ state: 'stopped', lastExit: { signal: 'SIGKILL' } });
    // A "sleep" that the shell starts while it is being killed is a leftover.
    const kinds = (await home.kinds('stubborn')).filter((kind) => kind !== 'leftovers-ended');
    expect(kinds.slice(-3)).toEqual(['stopping', 'killed', 'exited']);
    await home.down();
  });

  test('300 grandchildren in their own sessions stop with their program', async () => {
    await using home = new HealerHome();
    const family = home.write(
      'family.mjs',
      `import { spawn } from 'node:child_process';
       for (let child = 0; child < 10; child++)
         spawn('sh', ['-c', 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do sleep 100000 & done; wait'],
           { detached: child % 2 === 0, stdio: 'ignore' });`,
    );
    // Otherwise they would be treated as a fork bomb.
    const yaml = home.write(
      'healer.yaml',
      `processes: { family: { command: ${NODE}, args: [${family}], anomaly: { forkBomb: { maxDescendants: 400 } } } }`,
    );
    await home.ok('up', '-f', yaml);
    const count = (): number => home.survivors().filter(({ command }) => command.startsWith('sleep')).length;
    await waitFor(() => count() === 300, '300 grandchildren');
    const before = await home.pid('family');
    process.kill(before, 'SIGKILL');
    await home.event('restarted', ({ process: id }) => id === 'family');
    await waitFor(() => count() === 300, 'exactly the 300 new grandchildren');
    const grandchildren = await home.ask((api) => api.describe({ id: 'family' }));
    expect(grandchildren.row.pid).not.toBe(before);
    await home.down();
  });

  test('operations have their documented effect, and refusals name the state', async () => {
    await using home = new HealerHome();
    await home.up('a - - -- sleep 100000', 'b - - -- sleep 100000');
    const pid = await home.pid('a');
    await home.ok('pause', 'a');
    expect(stateOf(pid)).toBe('T');
    expect((await home.row('a')).state).toBe('paused');
    await home.ok('resume', 'a');
    expect(stateOf(pid)).not.toBe('T');
    await home.ok('restart', 'a');
    expect(await home.pid('a')).not.toBe(pid);
    expect(isAlive(pid)).toBe(false);
    await home.ok('stop', 'all');
    for (const row of (await home.rows()).values()) expect(row).toMatchObject({ state: 'stopped', pid: null });
    await home.ok('start', 'all');
    const again = await home.run('start', 'a');
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/a.*(starting|running)/);
    await home.ok('disable', 'b');
    const disabled = await home.run('start', 'b');
    expect(disabled.code).toBe(1);
    expect(disabled.stderr).toContain('enable');
    await home.ok('kill', 'a');
    expect((await home.row('a')).state).toBe('stopped');
    expect((await home.run('stop', 'nobody')).code).toBe(1);
    await home.down();
  });
});

describe('the engine as a whole', () => {
  test('is not started twice', async () => {
    await using home = new HealerHome();
    await home.up('a - - -- sleep 100000');
    const [engine, pid] = [await home.enginePid(), await home.pid('a')];
    const again = await home.run('up', '-f', home.listFile);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain(`The engine is already running (pid ${String(engine)})`);
    expect(await home.pid('a')).toBe(pid);
    const second = await home.run('up', '--foreground', '-f', home.listFile);
    expect(second.code).toBe(1);
    expect(second.stderr).toContain(`pid ${String(engine)}`);
    expect(await home.enginePid()).toBe(engine);
    expect(home.survivors().filter(({ command }) => command.startsWith('sleep'))).toHaveLength(1);
    await home.down();
  });

  test('of two that are started at once, one exits, and no program runs twice', async () => {
    await using home = new HealerHome();
    home.list('a - - -- sleep 100000', 'b - - -- sleep 100000');
    const results = await Promise.all([1, 2, 3].map(() => home.run('up', '-f', home.listFile)));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    // An engine that is still starting would acquire the lock as soon as the first one has exited.
    expect(home.survivors().filter(({ command }) => /engine\.js|^healer$/.test(command))).toHaveLength(1);
    expect(home.survivors().filter(({ command }) => command.startsWith('sleep'))).toHaveLength(2);
    await home.down();
  });

  test('two instances run side by side', async () => {
    await using home = new HealerHome();
    await home.up('a - - -- sleep 100000');
    await home.ok('--instance', 'second', 'up', '-f', home.listFile);
    await home.ok('down');
    expect(home.survivors().filter(({ command }) => command.startsWith('sleep'))).toHaveLength(1);
    await home.ok('--instance', 'second', 'down');
    await home.empty();
  });

  test('without a terminal, "up --attach" prints events until SIGTERM, and then stops everything', async () => {
    await using home = new HealerHome();
    home.list('a - - -- sleep 100000', 'crash - - -- sh -c "sleep 0.2; exit 3"');
    const child = home.spawn('up', '--attach', '-f', home.listFile);
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await waitFor(() => /started a .*\n/.test(printed), 'the start to be printed');
    await waitFor(() => /crashed crash .*exited with code 3/.test(printed), 'the crash to be printed');
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(printed).toContain('engine-stopping');
    await home.empty();
  });

  test('shuts down on SIGTERM with all its programs', async () => {
    await using home = new HealerHome();
    await home.up('a - - -- sleep 100000', 'b - - -- sh -c "sleep 100000 & sleep 100000"');
    process.kill(await home.enginePid(), 'SIGTERM');
    await home.empty();
    expect((await home.run('status')).code).toBe(3);
  });

  test('starts nothing during a shutdown', async () => {
    await using home = new HealerHome();
    await home.up(`slow - - -- ${home.write('slow', SLOW_TO_END)}`, 'other - - -- sleep 100000');
    await waitFor(() => home.read('ready') !== '', 'the slow program to be ready');
    await home.ok('stop', 'other');
    const down = home.run('down');
    await home.state('slow', 'stopping');
    const start = await home.run('start', 'other');
    home.write('go', '');
    expect((await down).code).toBe(0);
    expect(start.code).not.toBe(0);
    await home.empty();
  });
});

/** Returns the words of a list entry: Python if it is installed, otherwise a shell that waits in the same way. */
function interpreter(): string {
  try {
    const path = execFileSync('sh', ['-c', 'command -v python3'], { encoding: 'utf8' }).trim();
    return `${path} -c "import time; time.sleep(100000)"`;
  } catch {
    return 'sh -c "sleep 100000; :"';
  }
}

function stateOf(pid: number): string {
  return execFileSync('sed', ['-n', 's/^State:\\t\\(.\\).*/\\1/p', `/proc/${String(pid)}/status`], {
    encoding: 'utf8',
  }).trim();
}
