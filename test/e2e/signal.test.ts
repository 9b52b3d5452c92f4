import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TreeMember } from '../../src/protocol/results/process-details.ts';
import { collectorPathsOf } from '../../src/engine/logs/files/collector-paths.ts';
import { runningCollectorPid } from '../support/collector-pid.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { Wire } from '../support/wire.ts';

let home: HealerHome;

beforeAll(async () => {
  home = new HealerHome();
  const handler = home.write(
    'handler.mjs',
    `import { appendFileSync } from 'node:fs';
process.on('SIGUSR1', () => appendFileSync('seen.txt', 'USR1'));
process.on('SIGTERM', () => process.exit(0));
appendFileSync('ready.txt', 'ready');
setInterval(() => undefined, 1000);\n`,
  );
  await home.ok(
    'up',
    '-f',
    home.write(
      'healer.yaml',
      `processes:
  handles: { command: ${process.execPath}, args: [${handler}] }
  plain: { command: sleep, args: [1007] }
  named: { command: sleep, args: [1008] }
  other: { command: sleep, args: [1009] }
  family: { command: sh, args: ["-c", "sleep 1010 & sleep 1011 & wait"] }
`,
    ),
  );
  for (const id of ['handles', 'plain', 'named', 'other', 'family']) await home.state(id, 'running');
  await waitFor(() => home.read('ready.txt') !== '', 'the program to be ready');
});
afterAll(() => home[Symbol.asyncDispose]());

/** Returns a process of a program by its command line. */
function member(id: string, command: string): Promise<TreeMember> {
  return waitFor(
    async () => (await home.ask((api) => api.describe({ id }))).tree.find((each) => each.command === command),
    `the process "${command}" of "${id}"`,
  );
}

describe('a signal', () => {
  test('reaches the main process of a program, which keeps running', async () => {
    const pid = await home.pid('handles');
    const said = await home.ok('signal', 'handles', 'USR1');
    expect(said).toMatch(`sent SIGUSR1 to process ${String(pid)} of "handles" (`);
    expect(said).toMatch(/: still running\n$/);
    await waitFor(() => home.read('seen.txt') === 'USR1', 'the program to handle it');
    expect(await home.row('handles')).toMatchObject({ pid, restarts: 0 });
    const { data, reason } = await home.event('signaled', ({ process }) => process === 'handles');
    expect(reason).toMatch(/^the operator sent SIGUSR1 to the main process \(/);
    expect(data).toMatchObject({ signal: 'SIGUSR1', main: true });
  });

  test('that ends the main process is judged as an exit, which names who sent it', async () => {
    await home.ok('signal', 'plain', 'TERM');
    const { reason, data } = await home.event('crashed', ({ process }) => process === 'plain');
    expect(reason).toMatch(/^killed by SIGTERM after .* \(sent by the operator\)$/);
    expect(data).toMatchObject({ signal: 'SIGTERM', requested: { signal: 'SIGTERM', by: 'the operator' } });
    await waitFor(async () => (await home.row('plain')).restarts === 1, 'the program to be restarted');
    expect(await home.ok('why', 'plain')).toContain('(sent by the operator)');
  });

  test('that the program handles by exiting is named with its exit', async () => {
    await home.ok('signal', 'TERM', 'handles');
    const { reason } = await home.event('exited', ({ process }) => process === 'handles');
    expect(reason).toMatch(/^exited with code 0 after .* \(\d+ ms after the operator sent SIGTERM\)/);
  });

  test('of a named caller is recorded with the name', async () => {
    const wire = await Wire.connect(home.paths.socket);
    await wire.ask('hello', { protocol: 1, client: 'test', as: 'fleet', caller: 'ann' });
    expect((await wire.ask('signal', { id: 'named', signal: 'SIGKILL' })).error).toBeUndefined();
    wire.close();
    const signaled = await home.event('signaled', ({ process }) => process === 'named');
    expect(signaled).toMatchObject({
      reason: 'ann sent SIGKILL to the main process (sleep 1008)',
      data: { by: 'ann' },
    });
    const { reason } = await home.event('crashed', ({ process }) => process === 'named');
    expect(reason).toMatch(/^killed by SIGKILL after .* \(sent by ann\)$/);
  });

  test('reaches one process of the tree: it is stopped, continued and killed', async () => {
    const main = await home.pid('family');
    const { pid, startTicks } = await member('family', 'sleep 1011');
    expect(startTicks).toEqual(expect.any(Number));
    const send = (signal: string) =>
      home.ask((api) => api.signal({ id: 'family', signal, pid, startTicks: startTicks ?? 0 }));
    expect(await send('SIGSTOP')).toMatchObject({ found: 'stopped', isMain: false, command: 'sleep 1011' });
    expect(await send('SIGCONT')).toMatchObject({ found: 'running' });
    expect(await send('SIGWINCH')).toMatchObject({ found: 'running', handling: 'ignored' });
    expect(await send('SIGKILL')).toMatchObject({ found: 'exited', state: 'running' });
    expect(await home.row('family')).toMatchObject({ pid: main, restarts: 0 });
    await expect(send('SIGKILL')).rejects.toMatchObject({ code: 'INVALID_STATE' });
  });

  test('is refused for a process that has the pid of another one', async () => {
    const { pid, startTicks } = await member('family', 'sleep 1010');
    const params = { id: 'family', signal: 'SIGKILL', pid, startTicks: Number(startTicks) + 1 };
    await expect(home.ask((api) => api.signal(params))).rejects.toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('is another process now') as string,
    });
    expect((await member('family', 'sleep 1010')).pid).toBe(pid);
  });

  test('is refused for the engine, its log collector, and processes of others', async () => {
    const engine = await home.enginePid();
    const collector = runningCollectorPid(collectorPathsOf(home.paths));
    if (collector === null) throw new Error('no log collector is running');
    const foreign = [engine, collector, process.pid, 1, await home.pid('other'), process.ppid];
    for (const pid of foreign) {
      const { code, stderr } = await home.run('signal', 'family', 'KILL', '--pid', String(pid));
      expect(stderr).toContain(
        pid === engine ? 'is the engine itself' : `pid ${String(pid)} is not one of its processes, or has exited`,
      );
      expect(code).toBe(1);
    }
    expect(await home.enginePid()).toBe(engine);
    expect(await home.row('other')).toMatchObject({ state: 'running', restarts: 0 });
  });

  test('is refused where it would contradict a pause, or where nothing runs', async () => {
    await home.ok('pause', 'other');
    expect((await home.run('signal', 'other', 'CONT')).stderr).toContain('use "healer resume other"');
    await home.ok('resume', 'other');
    await home.ok('stop', 'other');
    expect((await home.run('signal', 'other', 'HUP')).stderr).toContain(
      'cannot send SIGHUP to "other": it is not running',
    );
  });

  test.each([
    [['signal', 'plain', 'FOO'], '"FOO" is not a signal'],
    [['signal', 'plain', '9'], '"9" is not a signal'],
    [['signal', 'missing', 'HUP'], 'no program is called "missing"'],
    [['signal', 'all', 'HUP'], 'it stands for every program'],
    [['signal', 'plain', 'HUP', '--pid', '0'], 'is not a pid'],
  ])('%j is refused', async (words, why) => {
    expect((await home.run(...words)).stderr).toContain(why);
  });
});
