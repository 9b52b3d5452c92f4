import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isAlive } from '../../src/base/process-liveness.ts';
import { HealerHome } from '../support/healer-home.ts';
import { type CliResult, CLI, finished } from '../support/run-cli.ts';
import { Terminal } from '../support/terminal.ts';
import { waitFor } from '../support/wait-for.ts';
import { spawn } from 'node:child_process';

const SLEEP = '{ command: sleep, args: [200000] }';

/** A home with one engine and several projects, each with its own healer.yaml. */
class Projects extends HealerHome {
  /** Writes the healer.yaml of a project and returns its path. */
  project(name: string, ...programs: readonly string[]): string {
    const folder = join(this.folder, name);
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'healer.yaml');
    writeFileSync(file, `processes:\n${programs.map((id) => `  ${id}: ${SLEEP}\n`).join('')}`);
    return file;
  }

  /** Runs a command in the folder of a project. */
  runIn(name: string, ...args: readonly string[]): Promise<CliResult> {
    return finished(spawn(process.execPath, [CLI, ...args], { cwd: join(this.folder, name), env: this.env }));
  }

  async ids(): Promise<string> {
    return [...(await this.rows()).keys()].sort().join();
  }
}

describe('a second project', () => {
  test('is added, each program names its file, and the same id from another file is an error', async () => {
    await using home = new Projects();
    const [a, b, c] = [home.project('a', 'web'), home.project('b', 'api'), home.project('c', 'web', 'other')];
    await home.ok('up', '-f', a);
    const pid = await home.pid('web');
    expect(await home.runIn('b', 'up')).toMatchObject({ code: 0 });
    expect(await home.ids()).toBe('api,web');
    expect([(await home.row('web')).source, (await home.row('api')).source]).toEqual([`${a}:2`, `${b}:2`]);
    const { code, stdout, stderr } = await home.run('up', '-f', c);
    expect(code).toBe(1);
    expect(stdout).toContain('Nothing was changed.');
    expect(stderr).toContain(`${c}:2:3: "web" is already defined in ${a}:2`);
    expect(await home.ids()).toBe('api,web');
    expect(await home.pid('web')).toBe(pid);
    const { sources } = JSON.parse(await home.ok('sources', '--json')) as { sources: readonly object[] };
    expect(sources).toEqual([
      { file: a, programs: ['web'] },
      { file: b, programs: ['api'] },
    ]);
    await home.down();
  });

  test('is not affected by edits, errors or the loss of the file of the first one', async () => {
    await using home = new Projects();
    const [a, b] = [home.project('a', 'web', 'old'), home.project('b', 'api')];
    await home.ok('up', '-f', a);
    await home.ok('up', '-f', b);
    const pids = await Promise.all(['web', 'api'].map((id) => home.pid(id)));
    home.project('a', 'web', 'new');
    await waitFor(async () => (await home.ids()) === 'api,new,web', 'the edit of the first file');
    writeFileSync(a, 'processes: [');
    home.project('b', 'api', 'more');
    await waitFor(async () => (await home.ids()) === 'api,more,new,web', 'the edit of the second file');
    home.project('b', 'api');
    await waitFor(async () => (await home.ids()) === 'api,new,web', 'a removal while the first file has an error');
    renameSync(a, `${a}.moved`);
    expect((await home.event('config-invalid', ({ reason }) => reason.includes('cannot read'))).reason).toContain(a);
    expect(await Promise.all(['web', 'api'].map((id) => home.pid(id)))).toEqual(pids);
    await home.down();
  });

  test.each([
    ['a kill of the engine', (home: Projects) => home.killEngine()],
    ['an orderly shutdown', (home: Projects) => home.down()],
    [
      'the loss of its record',
      async (home: Projects) => {
        await home.down();
        rmSync(home.paths.sourcesFile);
      },
    ],
  ])('survives %s', async (_what, end) => {
    await using home = new Projects();
    const [a, b] = [home.project('a', 'web'), home.project('b', 'api')];
    await home.ok('up', '-f', a);
    await home.ok('up', '-f', b);
    await end(home);
    await home.ok('up');
    expect(await home.ids()).toBe('api,web');
    expect((await home.row('api')).source).toBe(`${b}:2`);
    await home.down();
  });

  test('is removed with its file only after a yes, and the engine keeps running', async () => {
    await using home = new Projects();
    const [a, b] = [home.project('a', 'web'), home.project('b', 'api')];
    await home.ok('up', '-f', a);
    await home.ok('up', '-f', b);
    const refused = await home.run('down', '-f', b);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('nothing was changed: this stops and removes api — confirm with --yes');
    expect(await home.ids()).toBe('api,web');
    await using terminal = new Terminal([process.execPath, CLI, 'down', '-f', b], { env: home.env });
    await waitFor(() => terminal.screen().includes('[y/N]'), 'the question');
    terminal.key('y', '\r');
    expect((await terminal.exit).exitCode).toBe(0);
    expect(await home.ids()).toBe('web');
    expect((await home.run('down', '-f', join(home.folder, 'other.yaml'), '--yes')).code).toBe(2);
    await home.down();
  });

  test('replaces the first one with --replace, which names what it stops', async () => {
    await using home = new Projects();
    const [a, b] = [home.project('a', 'web'), home.project('b', 'api')];
    await home.ok('up', '-f', a);
    expect(await home.ok('up', '--replace', '-f', b)).toContain('Stopping and removing web.');
    await waitFor(async () => (await home.ids()) === 'api', 'the other program to be removed');
    expect((await home.run('up', '--replace')).code).toBe(2);
    await home.down();
  });
});

describe('a running program that no file defines after a start of the engine', () => {
  test('is kept and named, and removed with --yes', async () => {
    await using home = new Projects();
    const a = home.project('a', 'web', 'old');
    await home.ok('up', '-f', a);
    const pid = await home.pid('old');
    await home.killEngine();
    home.project('a', 'web');
    const { code, stderr } = await home.run('up', '-f', a);
    expect(code).toBe(0);
    expect(stderr).toContain('no file defines old; kept running — stop and remove it with "healer up --yes"');
    expect(await home.pid('old')).toBe(pid);
    // An edit of the file does not remove it either.
    home.project('a', 'web', 'new');
    await waitFor(async () => (await home.ids()) === 'new,old,web', 'the edit');
    expect(await home.ok('up', '--yes')).toMatch(/removed +old/);
    await waitFor(() => !isAlive(pid), 'the program to exit');
    await home.down();
  });

  test('can be removed by its id', async () => {
    await using home = new Projects();
    await home.ok('up', '-f', home.project('a', 'web', 'old'));
    await home.killEngine();
    home.project('a', 'web');
    await home.ok('up');
    expect(await home.ok('remove', 'old')).toContain('removed "old"');
    expect(await home.ids()).toBe('web');
    await home.down();
  });
});

describe('up with a file in which nothing can be used', () => {
  test.each<[string, (path: string) => void, RegExp]>([
    ['all errors', (path) => writeFileSync(path, 'processes: { web: { comand: x } }'), /unknown field "comand"/],
    ['invalid YAML', (path) => writeFileSync(path, 'processes: ['), /invalid YAML/],
    ['an empty file', (path) => writeFileSync(path, ''), /file is empty/],
    ['no programs', (path) => writeFileSync(path, 'processes: {}'), /this file defines no programs/],
    ['a folder', (path) => mkdirSync(path), /it is a folder/],
    ['no file', () => undefined, /cannot read/],
  ])('fails, starts nothing and changes nothing: %s', async (_what, write, problem) => {
    await using home = new Projects();
    const file = join(home.folder, 'bad.yaml');
    write(file);
    const fresh = await home.run('up', '-f', file);
    expect(fresh.code).toBe(2);
    expect(fresh.stderr).toMatch(problem);
    expect(home.survivors()).toEqual([]);
    await home.ok('up', '-f', home.project('a', 'web'));
    const running = await home.run('up', '-f', file);
    expect(running.code).not.toBe(0);
    expect(running.stderr).toMatch(problem);
    expect(await home.ids()).toBe('web');
    await home.down();
  });

  test('fails before the start for an id that another file defines', async () => {
    await using home = new Projects();
    const [a, b] = [home.project('a', 'web'), home.project('b', 'web')];
    await home.ok('up', '-f', a);
    await home.down();
    const { code, stderr } = await home.run('up', '-f', b);
    expect(code).toBe(2);
    expect(stderr).toContain(`"web" is already defined in ${a}:2`);
    expect(home.survivors()).toEqual([]);
  });
});
