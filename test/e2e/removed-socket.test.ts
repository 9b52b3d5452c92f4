import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';
import { removeFolder } from '../support/remove-folder.ts';

const SLEEP = 'sleep 100000';

test('an engine whose runtime folder was removed stays the only one, and becomes reachable again', async () => {
  await using home = new HealerHome();
  await home.up(`a - - -- ${SLEEP}`);
  const { pid } = await home.state('a', 'running');
  const engine = await home.ask((api) => api.status({}));

  removeFolder(home.paths.runtimeDir);
  expect(await home.ok('up', '-f', home.listFile)).toContain(`is already running (pid ${String(engine.pid)})`);
  expect(await home.state('a', 'running')).toMatchObject({ pid, restarts: 0 });
  await home.event('engine-degraded', ({ reason }) => reason.endsWith('was missing and has been restored'));

  await home.ok('restart', 'a');
  const after = await home.state('a', 'running');
  expect(after.pid).not.toBe(pid);
  await home.down();
  await waitFor(() => !isAlive(Number(after.pid)), 'the program to exit');
});

test('a missing runtime folder is a degradation until it exists again', async () => {
  await using home = new HealerHome();
  await home.up(`a - - -- ${SLEEP}`);
  const { runtimeDir } = home.paths;
  const aside = join(home.folder, 'aside');
  renameSync(runtimeDir, aside);
  writeFileSync(runtimeDir, '');
  await waitFor(
    () => home.read('state/default/healing.log').includes('no new client can reach'),
    'the loss to be reported',
  );
  rmSync(runtimeDir);
  renameSync(aside, runtimeDir);
  const isWell = async (): Promise<boolean> => (await home.ask((api) => api.status({}))).degraded.length === 0;
  await waitFor(isWell, 'the degradation to end');
  await home.down();
});
