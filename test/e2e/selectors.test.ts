import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HealerClient } from '../../src/client/healer-client.ts';
import { HealerHome } from '../support/healer-home.ts';

let home: HealerHome;
let file: string;

beforeAll(async () => {
  home = new HealerHome();
  file = home.write(
    'healer.yaml',
    `processes:
  web: { command: sleep, args: [1001], instances: 2, groups: [site] }
  api: { command: sleep, args: [1002], groups: [site, backend] }
  db: { command: sleep, args: [1003], groups: [backend], autostart: false }
  other: { command: sleep, args: [1004] }
`,
  );
  await home.ok('up', '-f', file);
  for (const id of ['web-0', 'web-1', 'api', 'other']) await home.state(id, 'running');
});
afterAll(() => home[Symbol.asyncDispose]());

const idsIn = (json: string): string[] => (JSON.parse(json) as { id: string }[]).map(({ id }) => id);

describe('commands take selectors', () => {
  test.each([
    [['@site'], ['api', 'web-0', 'web-1']],
    [['web'], ['web-0', 'web-1']],
    [['web-*'], ['web-0', 'web-1']],
    [
      ['db', '@backend'],
      ['api', 'db'],
    ],
    [['all'], ['api', 'db', 'other', 'web-0', 'web-1']],
  ])('ls %j', async (words, ids) => {
    expect(idsIn(await home.ok('ls', '--json', ...words))).toEqual(ids);
  });

  test('restart of a group concerns only its programs, and start only those that are not running', async () => {
    const before = await home.rows();
    expect(await home.ok('start', '@backend')).toMatch(/^started "db" \(now starting, pid \d+, took [\d.]+m?s\)\n$/);
    await home.state('db', 'running');
    expect(idsIn(await home.ok('restart', '--json', 'web-*', '@backend')).sort()).toEqual([
      'api',
      'db',
      'web-0',
      'web-1',
    ]);
    const after = await home.rows();
    expect(after.get('other')?.pid).toBe(before.get('other')?.pid);
    expect(after.get('api')?.pid).not.toBe(before.get('api')?.pid);
    expect(await home.ok('stop', 'db')).toContain('stopped "db"');
  });

  test('a selector that matches nothing is an error that names near matches, and the other words take effect', async () => {
    const { code, stdout, stderr } = await home.run('restart', '@sites', 'other', 'wbe-*');
    expect(stderr).toBe(
      'healer: no program is in the group "sites" — did you mean "@site"?\nhealer: no program matches "wbe-*" — did you mean "web"?\n',
    );
    expect(stdout).toMatch(/^restarted "other" /);
    expect(code).toBe(1);
    for (const command of ['ls', 'describe', 'why', 'logs', 'anomalies', 'suggest', 'check', 'stop', 'remove']) {
      const failed = await home.run(command, '@sites');
      expect(failed.stderr, command).toContain('no program is in the group "sites" — did you mean "@site"?');
      expect(failed.code, command).toBe(1);
    }
  });

  test('describe, why and logs show every selected program', async () => {
    const described = await home.ok('describe', 'web');
    expect(described.match(/^id .*$/gm)?.map((line) => line.split(/\s+/)[1])).toEqual(['web-0', 'web-1']);
    expect(described).toMatch(/^groups +@site$/m);
    expect((await home.ok('why', '@backend')).match(/^(api|db): /gm)).toHaveLength(2);
    expect((await home.run('logs', '@site')).code).toBe(0);
    expect(await home.ok('events', '--process', 'web-*', '-n', '3')).toMatch(/web-[01]/);
  });

  test('hold and release concern only the selected programs', async () => {
    await home.ok('hold', '@backend');
    const rows = await home.rows();
    expect([...rows.values()].filter(({ healing }) => healing === 'held').map(({ id }) => id)).toEqual(['api', 'db']);
    await home.ok('release', 'a*', 'db');
  });

  test('update changes every selected definition, and a program whose instances are all selected as a whole', async () => {
    expect(await home.ok('update', '@site', '--memory', '300')).toMatch(/^changed "(api|web-0", "web-1)" in place$/m);
    const outcomes = await home.ok('update', '--json', 'we*-1', '--memory', '200');
    expect(idsIn(outcomes)).toEqual(['web-1']);
    const limits = [...(await home.rows()).values()].map((row) => [row.id, row.limits.memoryMb]);
    expect(Object.fromEntries(limits)).toMatchObject({ api: 300, db: null, other: null, 'web-0': 300, 'web-1': 200 });
    await home.ok('scale', 'web', '3');
    expect((await home.row('web-2')).limits.memoryMb).toBe(300);
    await home.ok('update', 'web-1', '--unset', 'memory');
    expect(await home.run('update', '@sites', '--memory', '1')).toMatchObject({
      code: 1,
      stderr: 'healer: no program is in the group "sites" — did you mean "@site"?\n',
    });
    expect(await home.run('update', '@site', '--', 'sleep', '9')).toMatchObject({
      code: 2,
      stderr:
        'healer: a command can be changed for a single program only, and "@site" may mean several — name one id\n',
    });
    await home.ok('update', '@site', '--unset', 'all');
    await home.ok('scale', 'web', '2');
  });

  test('scale changes every selected program, and a single instance is not scaled', async () => {
    expect(await home.ok('scale', 'w*', '3')).toMatch(/^added "web-2"/);
    expect(await home.ok('scale', 'w*', '2')).toBe('removed "web-2"\n');
    const refusal = 'cannot scale "web-0": it is an instance of "web" — use "healer scale web N"';
    expect(await home.run('scale', 'web-0', '3')).toMatchObject({ code: 2, stderr: expect.stringContaining(refusal) });
    const { code, stdout } = await home.run('scale', '--json', 'web-?', '1');
    expect([code, stdout]).toEqual([0, expect.stringContaining('"id":"web"')]);
    await home.ok('scale', 'web', '2');
    await home.state('web-1', 'running');
  });
});

test('the client library and the wire select in the engine', async () => {
  await using client = await HealerClient.connect({ socketPath: home.paths.socket });
  expect((await client.list('@site')).map(({ id }) => id)).toEqual(['api', 'web-0', 'web-1']);
  await expect(client.list('@sites')).rejects.toMatchObject({
    code: 'PROCESS_NOT_FOUND',
    message: 'no program is in the group "sites" — did you mean "@site"?',
  });
  const outcomes = await client.operate('restart', ['web']);
  expect(outcomes).toMatchObject([
    { id: 'web-0', ok: true, result: { state: 'starting' } },
    { id: 'web-1', ok: true, result: { state: 'starting' } },
  ]);
  await expect(client.operate('stop', ['web', 'nope'])).rejects.toMatchObject({ code: 'PROCESS_NOT_FOUND' });
  expect(await client.operate('enable', ['api', 'db'])).toMatchObject([
    { id: 'api', ok: false, error: { code: 'INVALID_STATE' } },
    { id: 'db', ok: false, error: { code: 'INVALID_STATE' } },
  ]);
});

test('groups change in place, and no program can be called "all"', async () => {
  const { pid } = await home.row('other');
  await home.ask((api) => api.update({ id: 'other', changes: { groups: ['late'] } }));
  expect(idsIn(await home.ok('ls', '--json', '@late'))).toEqual(['other']);
  expect((await home.row('other')).pid).toBe(pid);
  const { code, stderr } = await home.run('add', 'all', '--', 'sleep', '9');
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'healer: "all" is not a valid id: it stands for every program\n',
  });
  await expect(home.ask((api) => api.add({ definition: { id: 'all', command: 'sleep' } }))).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    message: expect.stringContaining('"all" is reserved') as string,
  });
  const bad = home.write('bad.yaml', 'processes:\n  all: { command: sleep }\n');
  expect((await home.run('config', 'check', bad)).stdout + (await home.run('config', 'check', bad)).stderr).toContain(
    'bad.yaml:2:3: "all" is not a valid id ("all" is reserved, because it stands for every program)',
  );
});

test('without an engine, enable and disable take selectors too', async () => {
  await home.ok('down');
  expect(await home.ok('disable', '@backend')).toMatch(/^disabled "api"\ndisabled "db"\n/);
  const { code, stderr } = await home.run('enable', '@backnd');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: 'healer: no program is in the group "backnd" — did you mean "@backend"?\n',
  });
  expect(await home.ok('enable', 'all')).toMatch(/^enabled "api"\nenabled "db"\n/);
  expect(idsIn(await home.ok('update', '--json', '@site', '--memory', '99'))).toEqual(['web', 'api']);
});
