import { spawn } from 'node:child_process';
import { chownSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defineWeb, differences, outcomesOf, type RunCommand } from '../support/command-outcomes.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';

/** Without an entry in the user database, as in "docker run -u 12345". */
const UID = 40_000 + (process.pid % 20_000);
const IDS = [`--reuid=${String(UID)}`, `--regid=${String(UID)}`, '--clear-groups'];

function asUser(home: HealerHome, env: NodeJS.ProcessEnv): RunCommand {
  return (...args) => finished(spawn('setpriv', [...IDS, process.execPath, CLI, ...args], { cwd: home.folder, env }));
}

function ownedHome(): HealerHome {
  const home = new HealerHome();
  chownSync(home.folder, UID, UID);
  return home;
}

/** A system unit of another user cannot be written, but printed. */
const UNIT = 'startup systemd';

test.each([['/'], [undefined]])(
  'every command of a uid without an entry works as usual, with HOME=%s',
  { timeout: 240_000 },
  async (value) => {
    await using usual = ownedHome();
    const expected = await outcomesOf(asUser(usual, { ...usual.env, HOME: usual.folder }), defineWeb(usual));
    await using home = ownedHome();
    const env = { ...home.env };
    delete env['HOME'];
    const found = await outcomesOf(asUser(home, value === undefined ? env : { ...env, HOME: value }), defineWeb(home));
    const { [UNIT]: unit, ...others } = differences(expected, found);
    expect(others).toEqual({});
    expect(unit).toBe(
      `2: healer: uid ${String(UID)} has no home folder for a user unit; set HOME, or create a system unit with --system\n`,
    );
  },
);

test('without any folder of its own, a uid without an entry has to set HEALER_HOME', async () => {
  await using home = ownedHome();
  const run = asUser(home, { PATH: process.env['PATH'], HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' });
  const started = await run('up', '-f', defineWeb(home));
  expect(started).toMatchObject({ code: 1, stderr: expect.stringContaining('set HEALER_HOME to a writable folder') });
  expect(await run('add', 'x', '--', 'sleep', '1')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^healer: [^\n]*set HEALER_HOME to a writable folder[^\n]*\n$/),
  });
  expect(await run('ls')).toMatchObject({ code: 3 });
});
