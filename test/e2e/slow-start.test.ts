import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { thisProcess } from '../../src/base/lock-owner.ts';
import { startProgressFile } from '../../src/config/instance/start-progress.ts';
import { HealerHome } from '../support/healer-home.ts';
import { finished } from '../support/run-cli.ts';
import { createStandInCli } from '../support/stand-in-cli.ts';
import { Terminal } from '../support/terminal.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

/** An engine that starts a program every 100 ms, and fails at last. */
const SLOW_ENGINE = `
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
const folder = process.env.HEALER_HOME + '/run';
mkdirSync(folder, { recursive: true });
const startTicks = Number(readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1).split(' ')[19]);
for (let started = 1; started <= Number(process.env.STARTS); started++) {
  writeFileSync(folder + '/default.starting', JSON.stringify({ pid: process.pid, startTicks, started, total: 3000 }));
  await new Promise((resolve) => setTimeout(resolve, 100));
}
console.error('the last program was too much');
process.exit(1);
`;

async function slowCli(): Promise<{ readonly cli: string } & AsyncDisposable> {
  const standIn = await createStandInCli();
  const { cli } = standIn;
  writeFileSync(join(cli, '..', 'engine.js'), SLOW_ENGINE);
  return { cli, [Symbol.asyncDispose]: () => standIn.remove() };
}

test('"up" waits for an engine as long as that starts programs, and prints lines where there is no terminal', async () => {
  await using slow = await slowCli();
  const env = { ...home.env, STARTS: '180' };
  const child = spawn(process.execPath, [slow.cli, 'up'], { cwd: home.folder, env });
  const { code, stderr } = await finished(child);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^healer: starting programs: \d+ of 3000\n/);
  expect(stderr.match(/starting programs/g)?.length).toBeLessThan(6);
  expect(stderr).toContain('the engine exited while starting: the last program was too much');
});

test.each(['--json', '--quiet'])('"up" prints no progress with %s', async (flag) => {
  await using slow = await slowCli();
  const child = spawn(process.execPath, [slow.cli, 'up', flag], {
    cwd: home.folder,
    env: { ...home.env, STARTS: '70' },
  });
  expect((await finished(child)).stderr).toMatch(/^healer: the engine exited while starting: .*\n$/);
});

test('"up" shows on a terminal how many programs are started', async () => {
  await using slow = await slowCli();
  const env = { ...home.env, STARTS: '40' };
  await using terminal = new Terminal([process.execPath, slow.cli, 'up'], { env, columns: 150 });
  await terminal.waitFor(/starting programs: \d+ of 3000/);
  await terminal.waitFor('the last program was too much');
  expect(await terminal.waitFor('healer:')).not.toContain('starting programs');
});

test('other commands say that the engine is starting', async () => {
  mkdirSync(home.paths.runtimeDir, { recursive: true });
  writeFileSync(startProgressFile(home.paths), JSON.stringify({ ...thisProcess(), started: 250, total: 3_000 }));
  const sentence = `healer: the engine (pid ${String(process.pid)}) does not answer yet: it has started 250 of 3000 programs — try again in a moment\n`;
  for (const command of ['ls', 'down', 'status']) {
    expect(await home.run(command)).toMatchObject({ code: 3, stderr: sentence });
  }
});

test('a real start of many programs leaves no note of its progress', async () => {
  await home.up(...Array.from({ length: 120 }, (_, index) => `p${String(index)} - - -- sleep 100000`));
  expect(home.read('run/default.starting')).toBe('');
  await home.down();
});
