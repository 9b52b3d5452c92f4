import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

/** A path below a file. Node reports it as ENOTDIR, not as a missing file. */
const BELOW_A_FILE = '/etc/passwd/folder';

test('an engine whose state folder is replaced by a file continues, and writes everything again once it can', async () => {
  await home.up('a - - -- sleep 100000');
  await home.state('a', 'running');
  const enginePid = await home.enginePid();
  const parent = dirname(home.paths.stateDir);
  rmSync(parent, { recursive: true });
  writeFileSync(parent, '');
  await waitFor(async () => (await home.ask((api) => api.status({}))).degraded.length > 0, 'status to report it');
  const { code, stderr } = await home.run('restart', 'a');
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining('could not be recorded') });
  expect(await home.run('why', 'a')).toMatchObject({ code: 0 });
  rmSync(parent);
  await waitFor(
    async () => (await home.ask((api) => api.status({}))).degraded.length === 0,
    'status to report no problems',
  );
  expect(await home.enginePid()).toBe(enginePid);
  const pid = await home.pid('a');
  await home.killEngine();
  await home.up();
  expect(await home.pid('a')).toBe(pid);
  await home.down();
});

test('a file among the folders of PATH, and as a part of a command, is reported as what it is', async () => {
  home.extraEnv = { PATH: `/etc/passwd:${home.env['PATH'] ?? ''}` };
  await home.up('found - - -- sleep 100000', 'none - - -- no-such-program', `below - - -- ${BELOW_A_FILE}/x`);
  await home.state('found', 'running');
  for (const [id, command] of [
    ['none', 'no-such-program'],
    ['below', `${BELOW_A_FILE}/x`],
  ] as const)
    expect((await home.event('spawn-failed', ({ process }) => process === id)).reason).toContain(
      `cannot find the executable "${command}"`,
    );
  await home.down();
});

test('a variable PWD that leads below a file is ignored', async () => {
  home.list('a - - -- sleep 100000');
  home.extraEnv = { PWD: BELOW_A_FILE };
  expect(await home.run('config', 'check', home.listFile)).toMatchObject({ code: 0 });
});
