import { spawn } from 'node:child_process';
import { chownSync } from 'node:fs';
import { expect, test } from 'vitest';
import { defineWeb, differences, outcomesOf, type RunCommand, type TuiCommand } from '../support/command-outcomes.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';

/** Without an entry in the user database, as in "docker run -u 12345". */
const UID = 40_000 + (process.pid % 20_000);
const IDS = [`--reuid=${String(UID)}`, `--regid=${String(UID)}`, '--clear-groups'];

const HEALER = ['setpriv', ...IDS, process.execPath, CLI];

function asUser(home: HealerHome, env: NodeJS.ProcessEnv): RunCommand {
  return (...args) => finished(spawn('env', [...HEALER, ...args], { cwd: home.folder, env }));
}

function tuiAsUser(home: HealerHome, value: string | undefined): TuiCommand {
  const setting = value === undefined ? ['-u', 'HOME'] : [`HOME=${value}`];
  return { command: ['env', ...setting, ...HEALER, 'tui'], env: home.env };
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
    const asUsual = asUser(usual, { ...usual.env, HOME: usual.folder });
    const expected = await outcomesOf(asUsual, defineWeb(usual), tuiAsUser(usual, usual.folder));
    await using home = ownedHome();
    const env = { ...home.env };
    delete env['HOME'];
    const run = asUser(home, value === undefined ? env : { ...env, HOME: value });
    const found = await outcomesOf(run, defineWeb(home), tuiAsUser(home, value));
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
