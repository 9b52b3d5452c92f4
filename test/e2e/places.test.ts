import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolvePaths } from '../../src/config/instance/paths.ts';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, finished } from '../support/run-cli.ts';
import { spawn } from 'node:child_process';

describe('an unusable home is reported at once, with a hint', () => {
  test.each<[string, (folder: string) => string, RegExp]>([
    ['below /proc', () => '/proc/healer', /cannot create the folder "\/proc\/healer\/\S+": ENOENT/],
    [
      'a broken link',
      (folder) => {
        symlinkSync('/nowhere/at/all', join(folder, 'link'));
        return join(folder, 'link');
      },
      /link" is a file or a broken link/,
    ],
    [
      'a file',
      (folder) => {
        writeFileSync(join(folder, 'file'), '');
        return join(folder, 'file');
      },
      /a part of this path is a file/,
    ],
  ])('%s', async (_, homeIn, sentence) => {
    await using home = new HealerHome();
    home.list('a - - -- sleep 1');
    home.extraEnv = { HEALER_HOME: homeIn(home.folder) };
    for (const args of [
      ['up', '-f', home.listFile],
      ['add', 'b', '--', 'sleep', '1'],
    ]) {
      const { code, stderr } = await home.run(...args);
      expect(stderr).toMatch(sentence);
      expect(stderr).toMatch(/set HEALER_HOME to a writable folder/);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(code).toBe(1);
    }
  });
});

test('a relative home is the same from any current folder', () => {
  expect(resolvePaths({ HEALER_HOME: 'home' }).pipesDir).toBe(join(process.cwd(), 'home/run/default.pipes'));
});

test('a runtime folder that is a link is refused before any program is started', async () => {
  await using home = new HealerHome();
  const elsewhere = join(home.folder, 'elsewhere');
  const touched = join(home.folder, 'touched');
  mkdirSync(elsewhere);
  chmodSync(elsewhere, 0o755);
  symlinkSync(elsewhere, join(home.folder, 'run'));
  home.list(`a - - -- touch ${touched}`);
  const { code, stderr } = await home.run('up', '-f', home.listFile);
  expect(code).toBe(1);
  expect(stderr).toContain(`"${join(home.folder, 'run')}" is a link, not a folder; remove it`);
  expect(existsSync(touched)).toBe(false);
  expect(statSync(elsewhere).mode & 0o777).not.toBe(0o700);
});

test('an engine with another runtime folder is found', async () => {
  await using home = new HealerHome();
  const [here, there] = [join(home.folder, 'here'), join(home.folder, 'there')];
  for (const folder of [here, there]) mkdirSync(folder);
  home.list('a - - -- sleep 100000');
  const run = (runtime: string, ...args: readonly string[]): ReturnType<typeof finished> => {
    const xdg = { HEALER_HOME: '', XDG_CONFIG_HOME: join(home.folder, 'c'), XDG_STATE_HOME: join(home.folder, 's') };
    const child = spawn(process.execPath, [CLI, ...args], { env: { ...home.env, ...xdg, XDG_RUNTIME_DIR: runtime } });
    return finished(child);
  };
  expect((await run(there, 'up', '-f', home.listFile)).code).toBe(0);
  try {
    const { code, stdout, stderr } = await run(here, 'up', '-f', home.listFile);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^The engine is already running \(pid \d+\)/);
    expect((await run(here, 'ls')).stdout).toMatch(/^a +/m);
  } finally {
    expect((await run(there, 'down')).code).toBe(0);
  }
});
