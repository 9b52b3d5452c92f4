import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerError } from '../../src/protocol/errors.ts';
import type { DefinitionResult } from '../../src/protocol/results/definition-result.ts';
import { programRow } from '../support/program-row.ts';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

const LATER = 'The engine is not running: the change takes effect at the next "healer up".';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
  writeFileSync(join(home.folder, 'process_list.txt'), 'listed - - -- sleep 1000\n');
});
afterEach(() => home.remove());

function registry(): unknown {
  return JSON.parse(readFileSync(home.paths.registryFile, 'utf8'));
}

describe('without an engine', () => {
  test('a program is added, changed, disabled, enabled and removed in the registry', async () => {
    const { folder } = home;
    const added = await home.run([
      'add',
      '--memory',
      '500',
      '--env',
      'A=1',
      '--env',
      'B=x=y',
      'web',
      '--',
      './web',
      '-p',
    ]);
    expect(added).toMatchObject({ code: 0, stdout: `added "web"\n${LATER}\n`, stderr: '' });
    await home.run(['update', 'web', '--cpu', '50', '--restart', 'always', '--no-autostart']);
    await home.run(['disable', 'web', 'listed']);
    expect(registry()).toMatchObject({
      programs: {
        web: {
          command: join(folder, 'web'),
          args: ['-p'],
          cwd: folder,
          env: { A: '1', B: 'x=y' },
          limits: { memoryMb: 500, cpuPercent: 50 },
          restart: { policy: 'always' },
          autostart: false,
          enabled: false,
        },
      },
      overrides: { listed: { enabled: false } },
    });
    expect(await home.run(['enable', 'listed'])).toMatchObject({ code: 0, stdout: `enabled "listed"\n${LATER}\n` });
    expect(await home.run(['remove', 'web'])).toMatchObject({ code: 0, stdout: `removed "web"\n${LATER}\n` });
    expect(registry()).toMatchObject({ programs: {}, overrides: { listed: { enabled: true } } });
  });

  test.each([
    [['add', 'listed', '--', 'x'], 1, /process_list\.txt:1 — use "healer update listed" to change it/],
    [['add', 'web'], 2, /missing required argument/],
    [['add', 'a b', '--', 'x'], 2, /"a b" is not a valid id/],
    [['add', '--cpu', '-1', 'web', '--', 'x'], 2, /a number of percent above 0, such as 80 or 150%, or "none"/],
    [['add', '--env', 'X', 'web', '--', 'x'], 2, /NAME=VALUE/],
    [['update', 'listed'], 2, /no changes given — "healer update --help" lists what can be changed/],
    [['update', 'listde', '--cpu', '5'], 1, /did you mean "listed"/],
    [['disable', 'listde'], 1, /cannot disable "listde".*did you mean "listed"/],
    [['remove', 'listed'], 1, /process_list\.txt:1 — delete it there/],
    [['remove', 'nothing'], 1, /program not found/],
    [['scale', 'listed', 'many'], 2, /whole number from 0 to 1000/],
    [['config', 'set', 'healin', 'observe'], 2, /did you mean "healing"/],
    [['config', 'sett'], 2, /healer config set KEY/],
  ])('%j exits with %i and prints one sentence', async (args, code, sentence) => {
    const result = await home.run(args);
    expect(result.stderr).toMatch(sentence);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.code).toBe(code);
  });

  test('each command prints the planned changes as JSON', async () => {
    const json = async (...args: string[]): Promise<unknown> =>
      JSON.parse((await home.run(['--json', ...args])).stdout);
    const change = { added: [], removed: [], restarted: [], changed: [], applied: false };
    expect(await json('add', 'web', '--', 'x')).toEqual({ id: 'web', ...change, added: ['web'] });
    expect(await json('update', 'web', '--cpu', '5')).toEqual({ id: 'web', ...change, changed: ['web'] });
    expect(await json('disable', 'web', 'missing')).toMatchObject([
      { id: 'web', ok: true, result: { state: 'disabled', pid: null } },
      { id: 'missing', ok: false, error: { code: 'PROCESS_NOT_FOUND' } },
    ]);
    expect(await json('remove', 'web')).toEqual([
      { id: 'web', ok: true, result: { id: 'web', ...change, removed: ['web'] } },
    ]);
    expect(await json('config', 'set', 'healing', 'observe')).toMatchObject({ key: 'healing', value: 'observe' });
    expect(await json('config', 'get', 'healing')).toMatchObject({ value: 'observe', isDefault: false });
  });

  test('enabling a program enables each of its instances, even those that were disabled one by one', async () => {
    await home.run(['add', 'web', '--instances', '2', '--', 'x']);
    await home.run(['disable', 'web-0', 'web-1']);
    expect((await home.run(['enable', 'web'])).stdout).toMatch(/^enabled "web-0"\nenabled "web-1"\n/);
    const { stdout } = await home.run(['disable', 'all']);
    expect(stdout.match(/^disabled .*$/gm)?.sort()).toEqual(
      ['listed', 'web-0', 'web-1'].map((id) => `disabled "${id}"`),
    );
  });

  test('remembers the process list of a previous engine', async () => {
    const list = join(home.folder, 'elsewhere.txt');
    writeFileSync(list, 'far - - -- sleep 1\n');
    expect(await home.run(['disable', 'far'])).toMatchObject({ code: 1 });
    mkdirSync(home.paths.stateDir, { recursive: true });
    writeFileSync(home.paths.sourcesFile, JSON.stringify({ files: [list] }));
    expect(await home.run(['disable', 'far'])).toMatchObject({ code: 0 });
  });
});

describe('with an engine', () => {
  const nothing: Omit<DefinitionResult, 'id'> = { added: [], removed: [], restarted: [], changed: [], applied: true };

  test('the engine makes the changes, and the command prints them', async () => {
    const engine = await home.startEngine({
      add: ({ definition }) => ({ id: definition.id, ...nothing, added: [definition.id] }),
      list: () => [programRow({ id: 'web', state: 'running', pid: 99 })],
      update: ({ id }) => ({ id, ...nothing, restarted: [id] }),
      scale: ({ id }) => ({ id, ...nothing, removed: ['web-3', 'web-2'] }),
      remove: ({ id }) => ({ id, ...nothing, removed: [id] }),
    });
    const output = async (...args: string[]): Promise<string> => (await home.run(args)).stdout;
    expect(await output('add', 'web', '--', 'node', 'web.js')).toBe('added "web" (now running, pid 99)\n');
    expect(await output('update', 'web', '--', 'node', 'other.js')).toBe('changed and restarted "web"\n');
    expect(await output('scale', 'web', '2')).toBe('removed "web-3", "web-2"\n');
    expect(await output('remove', 'web')).toBe('removed "web"\n');
    expect(engine.calls.filter(({ method }) => !['hello', 'list'].includes(method))).toEqual([
      { method: 'add', params: { definition: { id: 'web', command: 'node', args: ['web.js'], cwd: home.folder } } },
      { method: 'update', params: { id: 'web', changes: { command: 'node', args: ['other.js'] } } },
      { method: 'scale', params: { id: 'web', instances: 2 } },
      { method: 'remove', params: { id: 'web' } },
    ]);
  });

  test('does not report a program as removed if it keeps running because a file defines it too', async () => {
    await home.startEngine({ remove: ({ id }) => ({ id, ...nothing, restarted: [id] }) });
    const { stdout } = await home.run(['remove', 'web']);
    expect(stdout).toBe('removed "web" from the registry; it keeps running as defined by a file\n');
  });

  test('an error of the engine is printed unchanged', async () => {
    await home.startEngine({
      remove: ({ id }) => {
        throw new HealerError('PROCESS_NOT_FOUND', `cannot remove "${id}": program not found — did you mean "web"?`, {
          nearest: 'web',
        });
      },
    });
    expect(await home.run(['remove', 'wbe'])).toMatchObject({
      code: 1,
      stderr: 'healer: cannot remove "wbe": program not found — did you mean "web"?\n',
    });
  });
});
