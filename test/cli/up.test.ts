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
    expect(stdout).toMatch(/^The engine is up \(pid \d+\), with no programs/);
    expect(stdout).toMatch(/^web +running/m);
    expect(stdout).toContain('"healer tui" shows them live, "healer down" stops everything.');
    expect((await healer(['ls'])).stdout).toMatch(/^web +running/m);
  });

  test('leaves an engine that runs alone and says so', async () => {
    const first = await upJson();
    const second = await healer(['up']);
    expect(second.stdout).toContain(`The engine runs already (pid ${first.pid}).`);
    expect(await upJson()).toMatchObject({ pid: first.pid, started: false });
  });

  test('keeps the folder it was called in, and what the engine prints in a log that others cannot read', async () => {
    const { processes } = await upJson();
    expect(processes[0]!.why).toBe(`in ${home.folder}`);
    expect(await readFile(home.paths.engineLog, 'utf8')).toContain('starting, mode');
    expect((await stat(home.paths.engineLog)).mode & 0o777).toBe(0o600);
    expect((await stat(home.paths.stateDir)).mode & 0o777).toBe(0o700);
  });

  test('takes the files that are asked for, else those here, else those in the config folder', async () => {
    const places = {
      config: join(home.paths.configDir, 'process_list.txt'),
      here: join(home.folder, 'process_list.txt'),
    };
    await mkdir(home.paths.configDir, { recursive: true });
    await writeFile(places.config, '');
    expect((await upJson()).processes[0]!.source).toBe(`--instance default --file ${places.config}`);
    await healer(['down']);

    await writeFile(places.here, '');
    const yaml = join(home.folder, 'healer.yaml');
    await writeFile(yaml, '');
    const { processes: both } = await upJson();
    expect(both[0]!.source).toBe(`--instance default --file ${places.here} --file ${yaml}`);
    await healer(['down']);

    const others = ['other.txt', 'more.yaml'].map((name) => join(home.folder, name));
    for (const file of others) await writeFile(file, '');
    const { files, processes } = await upJson(['-f', 'other.txt', '-f', 'more.yaml']);
    expect(files).toEqual(others);
    expect(processes[0]!.source).toBe(`--instance default ${others.map((file) => `--file ${file}`).join(' ')}`);
  });

  test('tells with its last words why an engine did not start', async () => {
    const { code, stderr } = await healer(['up'], { HEALER_TEST_ENGINE: 'fails' });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^healer: the engine ended while starting: .*the lock is broken — see ".*engine.log"\n$/);
    expect(JSON.parse((await healer(['up', '--json'], { HEALER_TEST_ENGINE: 'fails' })).stdout)).toMatchObject({
      error: { code: 'SPAWN_FAILED', data: { code: 7, signal: null } },
    });
  });

  test.each([['--foreground'], ['--no-daemon'], ['--attach']])(
    '%s without a terminal turns the command itself into the engine',
    async (flag) => {
      const { code, stdout } = await healer(['up', flag, '--instance', 'blue']);
      expect(code).toBe(0);
      expect(JSON.parse(stdout.replace('in front: ', ''))).toEqual({
        ...{ instance: 'blue', foreground: true },
        ...{ files: [], observes: false, partner: null, isStandalone: false },
      });
    },
  );
});

describe('up --attach on a terminal', () => {
  test('opens the terminal UI, and tells when it is left that the engine goes on', async () => {
    await using terminal = new Terminal([process.execPath, cli, 'up', '--attach'], {
      env: { HEALER_HOME: home.folder },
    });
    await waitFor(() => terminal.altScreen, 'the terminal UI');
    terminal.key('q');
    const { exitCode } = await terminal.exit;
    await waitFor(() => terminal.screen().includes('The engine keeps running (pid '), 'the news about the engine');
    expect({ exitCode, altScreen: terminal.altScreen }).toEqual({ exitCode: 0, altScreen: false });
    expect(await healer(['ls'])).toMatchObject({ code: 0 });
  });
});

test('down waits until the engine process is gone', async () => {
  const { pid } = await upJson();
  const { code, stdout } = await healer(['down']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: `Stopped 1 program and the engine (pid ${pid}) in 5ms.\n` });
  expect(isAlive(pid)).toBe(false);
  expect(await healer(['down'])).toMatchObject({ code: 3 });
});
