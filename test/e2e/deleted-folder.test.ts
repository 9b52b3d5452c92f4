import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { CLI, type CliResult, finished } from '../support/run-cli.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
  home.list('web - - -- sleep 100000');
});
afterEach(() => home[Symbol.asyncDispose]());

/** Runs a command in a folder that is deleted before the command starts. */
function runInDeleted(...args: readonly string[]): Promise<CliResult> {
  const script = 'mkdir "$1" && cd "$1" && rmdir "$1" && shift && "$@"';
  const words = ['-c', script, 'sh', join(home.folder, 'deleted'), process.execPath, CLI, ...args];
  return finished(spawn('/bin/sh', words, { cwd: home.folder, env: home.env }));
}

const GONE = 'healer: this folder no longer exists; change to another one\n';

test('in a deleted folder, commands without a relative path work, and the engine runs in "/"', async () => {
  expect(await runInDeleted('up', '-f', home.listFile)).toMatchObject({ code: 0, stderr: '' });
  expect(await runInDeleted('add', 'other', '--cwd', '/tmp', '--', 'sleep', '100000')).toMatchObject({ code: 0 });
  for (const args of [['up'], ['config', 'check', home.listFile], ['doctor'], ['startup', 'systemd', '--user']]) {
    const { stdout, stderr } = await runInDeleted(...args);
    expect(`${stdout}${stderr}`).not.toContain('uv_cwd');
  }
  expect((await home.state('other', 'running')).state).toBe('running');
  await home.down();
});

test('in a deleted folder, commands that need it say so', async () => {
  await home.up();
  expect(await runInDeleted('add', 'other', '--', 'sleep', '1')).toMatchObject({ code: 1, stderr: GONE });
  expect(await runInDeleted('up', '-f', 'healer.yaml')).toMatchObject({ code: 1, stderr: GONE });
  await home.down();
});
