import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import type { ProcessRow } from '../../src/protocol/snapshot.ts';
import { type CliHome, type CliResult, createCliHome } from '../support/run-cli.ts';
import { createStandInCli } from '../support/stand-in-cli.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';

const standIn = await createStandInCli();
const { cli } = standIn;
afterAll(() => standIn.remove());

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(async () => {
  await healer(['down']);
  await home.remove();
});

function healer(args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> {
  return home.run(args, { cli, env });
}

interface UpJson {
  readonly instance: string;
  readonly pid: number;
  readonly started: boolean;
  readonly files: readonly string[];
  readonly processes: readonly ProcessRow[];
}

async function upJson(args: readonly string[] = []): Promise<UpJson> {
  const { code, stdout, stderr } = await healer(['up', '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as UpJson;
}

describe('up', () => {
  test('starts an engine that outlives the command, and prints the table with what to do next', async () => {
    const { code, stdout, stderr } = await healer(['up']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^The engine is running \(pid \d+\) with no programs/);
    expect(stdout).toMatch(/^web +running/m);
    expect(stdout).toContain('Open the terminal UI with "healer tui"; stop everything with "healer down".');
    expect((await healer(['ls'])).stdout).toMatch(/^web +running/m);
  });

  test('reports an engine that is already running and leaves it alone', async () => {
    const first = await upJson();
    const second = await healer(['up']);
    expect(second.stdout).toContain(`The engine is already running (pid ${first.pid}).`);
    expect(await upJson()).toMatchObject({ pid: first.pid, started: false });
  });

  test('starts the engine in the current folder, with a log that other users cannot read', async () => {
    const { processes } = await upJson();
    expect(processes[0]!.why).toBe(`in ${home.folder}`);
    expect(await readFile(home.paths.engineLog, 'utf8')).toContain('starting, mode');
    expect((await stat(home.paths.engineLog)).mode & 0o777).toBe(0o600);
    expect((await stat(home.paths.stateDir)).mode & 0o777).toBe(0o700);
  });

  test('uses the given files, or those in the current folder, or those in the config folder', async () => {
    const places = {
      config: join(home.paths.configDir, 'process_list.txt'),
      here: join(home.folder, 'process_list.txt'),
    };
    await mkdir(home.paths.configDir, { recursive: true });
    await writeFile(places.config, '');
    expect((await upJson()).processes[0]!.source).toBe(`--instance default --file ${places.config} --check found`);
    await healer(['down']);

    await writeFile(places.here, '');
    const yaml = join(home.folder, 'healer.yaml');
    await writeFile(yaml, '');
    const { processes: both } = await upJson();
    expect(both[0]!.source).toBe(`--instance default --file ${places.here} --file ${yaml} --check found`);
    await healer(['down']);

    const others = ['other.txt', 'more.yaml'].map((name) => join(home.folder, name));
    for (const file of others) await writeFile(file, '');
    const { files, processes } = await upJson(['-f', 'other.txt', '-f', 'more.yaml']);
    expect(files).toEqual(others);
    expect(processes[0]!.source).toBe(
      `--instance default ${others.map((file) => `--file ${file}`).join(' ')} --check named`,
    );
  });

  test('prints the last output of an engine that failed to start', async () => {
    const { code, stderr } = await healer(['up'], { HEALER_TEST_ENGINE: 'fails' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^healer: the engine exited while starting: .*the lock is broken — see ".*engine.log"\n$/);
    expect(JSON.parse((await healer(['up', '--json'], { HEALER_TEST_ENGINE: 'fails' })).stdout)).toMatchObject({
      error: { code: 'SPAWN_FAILED', data: { code: 7, signal: null } },
    });
  });

  test.each([['--foreground'], ['--no-daemon'], ['--attach']])(
    '%s without a terminal runs the engine in the process of the command',
    async (flag) => {
      const { code, stdout } = await healer(['up', flag, '--instance', 'blue']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout.replace('in front: ', ''))).toEqual({
        ...{ instance: 'blue', foreground: true, output: { json: false } },
        ...{ files: [], replaces: false, check: 'found', observes: false, watchedInstance: null, isStandalone: false },
      });
    },
  );
});

describe('up --attach on a terminal', () => {
  test('opens the terminal UI, and reports afterwards that the engine keeps running', async () => {
    await using terminal = new Terminal([process.execPath, cli, 'up', '--attach'], {
      env: { HEALER_HOME: home.folder },
    });
    await waitFor(() => terminal.altScreen, 'the terminal UI');
    terminal.key('q');
    const { exitCode } = await terminal.exit;
    await waitFor(() => terminal.screen().includes('The engine keeps running (pid '), 'the message about the engine');
    expect({ exitCode, altScreen: terminal.altScreen }).toEqual({ exitCode: 0, altScreen: false });
    expect(await healer(['ls'])).toMatchObject({ code: 0 });
  });
});

test('down waits until the engine has exited', async () => {
  const { pid } = await upJson();
  const { code, stdout } = await healer(['down']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `Stopped 1 program and the engine (pid ${pid}) in 5ms.\n` });
  expect(isAlive(pid)).toBe(false);
  expect(await healer(['down'])).toMatchObject({ code: 3 });
});
