import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { listPids, readProcStat } from '../../src/base/proc-stat.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

function daemonIsHeld(home: HealerHome): boolean {
  const sleepers = home.survivors().filter(({ command }) => command.startsWith('sleep'));
  const held = sleepers.filter(({ pid }) =>
    readFileSync(`/proc/${String(pid)}/cgroup`, 'utf8').includes('program.calm'),
  );
  return held.length === 2;
}

test('an adopted program stays in its cgroup, with the daemon that it forked', async () => {
  await using home = new HealerHome();
  await home.up('calm - - -- sh -c "(setsid sleep 1000 &); exec sleep 1000"');
  await home.state('calm', 'running');
  const { containment } = await home.ask((api) => api.status({}));
  expect(containment).toMatchObject({ kind: 'cgroup' });
  await waitFor(() => daemonIsHeld(home), 'the daemon to be moved to the cgroup of its program');
  await home.killEngine();
  await home.ok('up', '-f', home.listFile);
  expect(await home.state('calm', 'running')).toMatchObject({ restarts: 0 });
  expect((await home.ask((api) => api.describe({ id: 'calm' }))).containment).toBe('cgroup');
  await home.ok('kill', 'calm');
  await waitFor(() => home.survivors().every(({ command }) => !command.startsWith('sleep')), 'both to exit');
  await home.down();
});

test('as PID 1 of a container, the engine reaps all orphans', async () => {
  await using home = new HealerHome();
  home.list('maker - - -- sh -c "for i in $(seq 50); do (sleep 0.2 &) ; done; echo made; exec sleep 1000"');
  const command = ['--pid', '--fork', '--mount-proc', process.execPath, CLI, 'up', '--foreground', '-f', home.listFile];
  const shell = spawn('unshare', command, { env: home.env, stdio: 'ignore' });
  const engine = await waitFor(
    () => listPids().find((pid) => readProcStat(pid)?.parentPid === shell.pid),
    'the engine to start',
  );
  const childrenOf = (pid: number) =>
    listPids()
      .map(readProcStat)
      .filter((stat) => stat?.parentPid === pid);
  await waitFor(() => home.read('state/default/logs/maker/current.log').includes('made'), 'all zombies to be created');
  await waitFor(
    () => childrenOf(engine).every((stat) => stat?.name !== 'sleep' || stat.state !== 'Z'),
    'all to be reaped',
  );
  // Its pid is not valid outside of the container, so "healer down" could not wait for its exit.
  process.kill(engine, 'SIGTERM');
  await waitFor(() => !isAlive(engine), 'the engine to exit');
});
