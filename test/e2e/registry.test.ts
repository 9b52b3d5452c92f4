import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HealerHome } from '../support/healer-home.ts';
import { waitFor } from '../support/wait-for.ts';

const SLEEP = ['sleep', '1000'] as const;
const LISTED = 'listed - - -- sleep 1000';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

interface RegistryFile {
  readonly programs: Readonly<Record<string, unknown>>;
  readonly overrides: Readonly<Record<string, unknown>>;
}

function registry(): RegistryFile {
  return JSON.parse(readFileSync(home.paths.registryFile, 'utf8')) as RegistryFile;
}

function ids(prefix: string): string[] {
  return Array.from({ length: 20 }, (_, index) => `${prefix}-${String(index)}`);
}

describe('twenty programs added at once', () => {
  test('become twenty entries without an engine, and twenty more with one', async () => {
    const offline = await Promise.all(ids('off').map((id) => home.run('add', '--no-autostart', id, '--', ...SLEEP)));
    expect(offline.map(({ code }) => code)).toEqual(offline.map(() => 0));
    const answers = ids('off').map(
      (id) => `added "${id}"\nThe engine is not running: the change takes effect at the next "healer up".\n`,
    );
    expect(offline.map(({ stdout }) => stdout)).toEqual(answers);
    expect(Object.keys(registry().programs).sort()).toEqual(ids('off').sort());
    await home.up(LISTED);
    const online = await home.ask((api) =>
      Promise.all(ids('on').map((id) => api.add({ definition: { id, command: 'sleep', autostart: false } }))),
    );
    expect(online.map(({ added }) => added)).toEqual(ids('on').map((id) => [id]));
    expect(Object.keys(registry().programs)).toHaveLength(40);
    expect((await home.rows()).size).toBe(41);
    await home.down();
  });
});

describe('with an engine', () => {
  test('a program is added, changed in place, changed with a restart, and removed', async () => {
    await home.up(LISTED);
    expect(await home.ok('add', '--memory', '500', 'web', '--', ...SLEEP)).toMatch(/^added "web" \(now starting, pid/);
    const pid = await home.pid('web');
    expect(await home.ok('update', 'web', '--memory', '800')).toBe('changed "web" in place\n');
    expect(await home.row('web')).toMatchObject({ pid, limits: { memoryMb: 800 }, source: 'registry' });
    expect(await home.ok('update', 'web', '--env', 'A=1')).toBe('changed and restarted "web"\n');
    await waitFor(async () => (await home.pid('web')) !== pid, 'a new run');
    expect(await home.ok('update', 'listed', '--cpu', '50')).toBe('changed "listed" in place\n');
    expect((await home.row('listed')).source).toMatch(/:1, registry$/);
    expect(await home.ok('remove', 'web')).toBe('removed "web"\n');
    expect([...(await home.rows()).keys()]).toEqual(['listed']);
    expect(await home.run('remove', 'listed')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('delete it there'),
    });
    await home.down();
  });

  test('an invalid line of the list does not prevent the removal of a program', async () => {
    await home.up(LISTED, 'bad');
    await home.ok('add', 'web', '--', ...SLEEP);
    await home.ok('remove', 'web');
    expect([...(await home.rows()).keys()]).toEqual(['listed']);
    await home.down();
  });

  test('an edit of the file is applied, and a damaged file changes nothing', async () => {
    await home.up(LISTED);
    await home.ok('add', 'web', '--', ...SLEEP);
    const text = readFileSync(home.paths.registryFile, 'utf8');
    writeFileSync(home.paths.registryFile, text.slice(0, -20));
    await home.event('config-invalid', ({ reason }) => reason.includes('registry.json'));
    expect([...(await home.rows()).keys()].sort()).toEqual(['listed', 'web']);
    expect(await home.run('disable', 'listed')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('fix it or move it away'),
    });
    // The program is disabled, but the command fails, because the registry cannot store this for the next engine.
    await home.state('listed', 'disabled');
    writeFileSync(home.paths.registryFile, text.replace('"1000"', '"2000"'));
    await home.event('config-changed', ({ reason }) => reason.includes('1 to be restarted'));
    await home.down();
  });
});

describe('scaling', () => {
  const running = async (): Promise<readonly (readonly [string, number])[]> =>
    [...(await home.rows()).values()].map(({ id, pid }) => [id, pid ?? 0] as const);

  test('starts and stops instances without affecting the others, also with an invalid line in the list', async () => {
    await home.ok('add', '--instances', '2', 'web', '--', ...SLEEP);
    await home.up(LISTED, 'bad');
    const before = new Map(await running());
    expect([...before.keys()].sort()).toEqual(['listed', 'web-0', 'web-1']);
    expect(await home.ok('scale', 'web', '4')).toMatch(/^added "web-2" .*\nadded "web-3" .*\n$/);
    await home.ok('disable', 'web-1');
    expect(await home.ok('scale', 'web', '2')).toBe('removed "web-3", "web-2"\n');
    expect(new Map(await running())).toEqual(new Map([...before, ['web-1', 0]]));
    expect((await home.row('web-1')).state).toBe('disabled');
    expect(await home.ok('remove', 'web')).toMatch(/^removed "web" \(web-1, web-0\)/);
    expect((await running()).map(([id]) => id)).toEqual(['listed']);
    await home.down();
  });

  test('creates a program whose name stands for all instances', async () => {
    await home.ok('add', '--instances', '2', 'web', '--', ...SLEEP);
    await home.up(LISTED);
    expect(await home.ok('stop', 'web', 'listed')).toMatch(/^(stopped "(web-0|web-1|listed)" .*\n){3}$/);
    expect((await home.ok('describe', 'web')).match(/^id .*$/gm)).toEqual([
      expect.stringMatching(/ web-0$/),
      expect.stringMatching(/ web-1$/),
    ]);
    await home.down();
  });

  test.each([true, false])(
    'what others depend on is only removed together with them (engine: %j)',
    async (isRunning) => {
      await home.ok('add', 'base', '--instances', '2', '--', ...SLEEP);
      await home.ok('add', 'user', '--instances', '2', '--', ...SLEEP);
      const { programs, ...others } = registry();
      const user = { ...(programs['user'] as object), dependsOn: ['base'] };
      writeFileSync(home.paths.registryFile, JSON.stringify({ ...others, programs: { ...programs, user } }));
      if (isRunning) await home.up(LISTED);
      const refused = await home.run('remove', 'base');
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('"user" depends on it') });
      expect(refused.stderr).toContain('"healer remove user base"');
      expect(await home.ok('remove', 'base', 'user')).toMatch(/^removed "base".*\nremoved "user"/);
      expect(registry().programs).toEqual({});
      if (isRunning) await home.down();
    },
  );

  test('without an engine, prints what will be added and removed', async () => {
    await home.ok('add', '--instances', '2', 'web', '--', ...SLEEP);
    expect(await home.ok('scale', 'web', '3')).toMatch(/^added "web-2"\n/);
    expect(await home.ok('scale', 'web', '1')).toMatch(/^removed "web-2", "web-1"\n/);
  });
});

describe('the enabled state', () => {
  test('survives any kind of exit of the engine, and can be changed without one', async () => {
    await home.up(LISTED, 'other - - -- sleep 1000');
    await home.ok('disable', 'listed');
    await home.killEngine();
    await home.up();
    expect((await home.row('listed')).state).toBe('disabled');
    await home.down();
    expect(await home.ok('enable', 'listed')).toContain('takes effect at the next "healer up"');
    await home.ok('disable', 'other');
    await home.up();
    await home.state('listed', 'starting', 'running');
    expect((await home.row('other')).state).toBe('disabled');
    await home.ok('enable', 'other');
    await home.state('other', 'starting', 'running');
    await home.down();
  });
});

test('a damaged registry is moved aside, the engine starts, and running programs are not affected', async () => {
  await home.up(LISTED);
  await home.ok('add', 'web', '--', ...SLEEP);
  const pid = await home.pid('web');
  await home.killEngine();
  writeFileSync(home.paths.registryFile, '{"version":1,"prog');
  await home.up();
  const { reason } = await home.event('file-corrupt');
  expect(reason).toContain('registry.json');
  const aside = readdirSync(home.paths.configDir).find((name) => name.includes('.corrupt-')) ?? '';
  expect(readFileSync(join(home.paths.configDir, aside), 'utf8')).toBe('{"version":1,"prog');
  await home.ok('add', '--no-autostart', 'other', '--', ...SLEEP);
  expect(await home.pid('web')).toBe(pid);
  await home.down();
});

test('settings apply to programs that do not set the field', async () => {
  await home.ok('config', 'set', 'healing', 'observe');
  await home.up(LISTED);
  const healing = async (): Promise<string> => (await home.ask((api) => api.describe({ id: 'listed' }))).spec.healing;
  expect(await healing()).toBe('observe');
  await home.ok('config', 'set', 'healing');
  expect(await healing()).toBe('heal');
  await home.down();
});

test('a request may use the familiar forms of limits and of the restart policy', async () => {
  await using home = new HealerHome();
  await home.ok('up');
  const familiar = { restart: 'always', limits: { memoryMb: '1G', cpuPercent: '500%' } } as object;
  await home.ask((api) => api.add({ definition: { id: 'a', command: 'sleep', args: ['100'], ...familiar } }));
  const { spec } = await home.ask((api) => api.describe({ id: 'a' }));
  expect(spec).toMatchObject({ restart: { policy: 'always' }, limits: { memoryMb: 1024, cpuPercent: 500 } });
  await home.down();
});
