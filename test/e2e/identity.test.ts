import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, type CliResult, finished } from '../support/run-cli.ts';
import { waitFor } from '../support/wait-for.ts';

/** Commands of one user in different sessions: without HEALER_HOME, with a HOME of their own. */
class Sessions extends HealerHome {
  constructor() {
    super();
    for (const name of ['user', 'other', 'runtime', 'tmp']) mkdirSync(join(this.folder, name), { mode: 0o700 });
    this.list('a - - -- sleep 200000');
  }

  /** Runs a command with only these variables besides PATH; values that begin with "~" are folders of this home. */
  async in(variables: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<CliResult> {
    const found = Object.entries(variables).map(([name, value]) => [name, value.replace(/^~/, this.folder)]);
    const { PATH = '' } = process.env;
    const ports = { HEALER_API_PORT: 'off', HEALER_ALIVENESS_PORT: 'off' };
    const env = { PATH, LANG: 'C.UTF-8', ...ports, ...Object.fromEntries(found) } as Record<string, string>;
    return finished(spawn(process.execPath, [CLI, ...args], { cwd: this.folder, env }));
  }
}

const SESSION = { HOME: '~/user', XDG_RUNTIME_DIR: '~/runtime', TMPDIR: '~/tmp' };

test('every session of a user reaches the engine, whatever its runtime folder is', async () => {
  await using home = new Sessions();
  expect(await home.in(SESSION, 'up', '-f', home.listFile)).toMatchObject({ code: 0 });
  const { pid } = JSON.parse((await home.in(SESSION, 'status', '--json')).stdout) as { pid: number };
  try {
    for (const session of [
      { HOME: '~/user', TMPDIR: '~/tmp' },
      { HOME: '~/user', TMPDIR: '~/other' },
      { HOME: '~/user' },
      { HOME: '~/user', XDG_RUNTIME_DIR: '~/nowhere' },
    ]) {
      const { code, stdout } = await home.in(session, 'status', '--json');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        pid,
        stateDir: join(home.folder, 'user/.local/state/healer/default'),
      });
      expect(await home.in(session, 'up')).toMatchObject({ code: 0 });
      expect(await home.in(session, 'restart', 'a')).toMatchObject({ code: 0 });
    }
  } finally {
    expect(await home.in({ HOME: '~/user' }, 'down')).toMatchObject({ code: 0 });
  }
});

test('a command that is meant for another engine refuses, and names both', async () => {
  await using home = new Sessions();
  expect(await home.in(SESSION, 'up', '-f', home.listFile)).toMatchObject({ code: 0 });
  const other = { ...SESSION, HOME: '~/other' };
  try {
    for (const args of [['ls'], ['up'], ['down'], ['add', 'b', '--', 'sleep', '1']]) {
      const { code, stderr } = await home.in(other, ...args);
      expect(code).toBe(1);
      expect(stderr).toContain(`has the state folder "${home.folder}/user/.local/state/healer/default"`);
      expect(stderr).toContain(`is meant for the engine of "${home.folder}/other/.local/state/healer/default"`);
    }
    expect(existsSync(join(home.folder, 'other/.config'))).toBe(false);
    expect((await home.in(SESSION, 'ls', '--json')).stdout).toContain('"id":"a"');
    // In a session of its own, it says where that engine is.
    const apart = await home.in({ HOME: '~/other', TMPDIR: '~/other' }, 'ls', '--instance', 'default');
    expect(apart.code).toBe(3);
    expect(apart.stderr).toContain('another engine of yours (pid ');
  } finally {
    expect(await home.in(SESSION, 'down')).toMatchObject({ code: 0 });
  }
});

test('an empty or missing HOME is that of the user database', async () => {
  await using home = new Sessions();
  const state = { XDG_STATE_HOME: '~/user', XDG_CONFIG_HOME: '~/user', TMPDIR: '~/tmp' };
  for (const variables of [state, { ...state, HOME: '' }]) {
    expect((await home.in(variables, 'ls')).stderr).toContain('the engine is not running; start it with "healer up"');
    expect((await home.in(variables, 'doctor')).stderr).toBe('');
  }
});

describe('a folder behind a symbolic link, as deployments use it,', () => {
  test.each<[string, (home: HealerHome) => Promise<unknown>]>([
    ['with a file in it', (home) => inLink(home, 'up')],
    [
      'named in a file',
      async (home) => {
        const program = 'app: { command: ./current/run.sh, cwd: ./current }';
        writeFileSync(join(home.folder, 'healer.yaml'), `processes:\n  ${program}\n`);
        return home.ok('up');
      },
    ],
    [
      'from which a program is added',
      async (home) => {
        await home.up();
        return inLink(home, 'add', 'app', '--', './run.sh');
      },
    ],
  ])('is followed again at each start, %s', async (_what, start) => {
    await using home = new HealerHome();
    home.list('other - - -- sleep 200000');
    for (const name of ['r1', 'r2']) {
      const folder = join(home.folder, name);
      mkdirSync(folder);
      writeFileSync(join(folder, 'run.sh'), `#!/bin/sh\npwd -P > ${home.folder}/where\nexec sleep 200000\n`, {
        mode: 0o755,
      });
      writeFileSync(join(folder, 'healer.yaml'), 'processes: { app: { command: ./run.sh } }\n');
    }
    symlinkSync('r1', join(home.folder, 'current'));
    await start(home);
    await waitFor(() => home.read('where') === `${home.folder}/r1\n`, 'the first release');
    unlinkSync(join(home.folder, 'current'));
    symlinkSync('r2', join(home.folder, 'current'));
    await home.ok('restart', 'app');
    await waitFor(() => readFileSync(join(home.folder, 'where'), 'utf8') === `${home.folder}/r2\n`, 'the next release');
    await home.down();
  });

  /** Runs a command as a shell does that changed to the link. */
  async function inLink(home: HealerHome, ...args: readonly string[]): Promise<void> {
    const cwd = join(home.folder, 'current');
    const child = spawn(process.execPath, [CLI, ...args], { cwd, env: { ...home.env, PWD: cwd } });
    expect(await finished(child)).toMatchObject({ code: 0 });
  }
});
