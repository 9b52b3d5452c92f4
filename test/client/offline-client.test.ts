import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { OfflineClient } from '../../src/client/offline-client.ts';
import { HealerHome } from '../support/healer-home.ts';

let home: HealerHome;
beforeEach(() => {
  home = new HealerHome();
});
afterEach(() => home[Symbol.asyncDispose]());

const open = (): Promise<OfflineClient> => OfflineClient.open({ home: home.folder });
const idsOf = async (client: OfflineClient): Promise<readonly string[]> => (await client.list()).map(({ id }) => id);

test('programs are defined, changed, disabled and removed without an engine, and the next engine runs them', async () => {
  const client = await open();
  expect(await client.list()).toEqual([]);
  expect(await client.add({ id: 'web', command: 'sleep', args: ['1000'] })).toMatchObject({
    id: 'web',
    added: ['web'],
  });
  await client.add({ id: 'job', command: 'sleep', args: ['1001'] });
  await client.add({ id: 'gone', command: 'sleep', args: ['1002'] });
  expect(await client.update('web', { limits: { memoryMb: 500 } })).toMatchObject({ changed: ['web'] });
  await client.disable('job');
  expect(await client.remove('gone')).toMatchObject({ removed: ['gone'] });
  expect((await client.list()).map(({ id, enabled }) => [id, enabled])).toEqual([
    ['job', false],
    ['web', true],
  ]);
  await home.up('listed - - -- sleep 1003');
  await home.state('web', 'running');
  expect((await home.row('web')).limits.memoryMb).toBe(500);
  expect((await home.row('job')).state).toBe('disabled');
  const running = { code: 'ALREADY_RUNNING', data: { pid: await home.enginePid() } };
  await expect(client.enable('job')).rejects.toMatchObject(running);
  await expect(open()).rejects.toMatchObject(running);
  await home.down();
  await client.enable('job');
  expect(await idsOf(await open())).toEqual(['job', 'listed', 'web']);
});

test.each<[string, (client: OfflineClient) => Promise<unknown>, string]>([
  ['a program twice', (client) => client.add({ id: 'web', command: 'sleep' }), 'ALREADY_EXISTS'],
  ['an invalid definition', (client) => client.add({ id: 'x', command: '' }), 'INVALID_CONFIG'],
  ['an unknown program', (client) => client.update('unknown', { autostart: true }), 'PROCESS_NOT_FOUND'],
  ['an unknown field', (client) => client.update('web', { unknown: 1 } as object), 'INVALID_CONFIG'],
  ['the removal of an unknown program', (client) => client.remove('unknown'), 'PROCESS_NOT_FOUND'],
  ['a disabled program again', (client) => client.disable('web').then(() => client.disable('web')), 'INVALID_STATE'],
])('%s is refused', async (_what, edit, code) => {
  const client = await open();
  await client.add({ id: 'web', command: 'sleep' });
  const before = readFileSync(home.paths.registryFile, 'utf8');
  await expect(edit(client)).rejects.toMatchObject({ code });
  if (code !== 'INVALID_STATE') expect(readFileSync(home.paths.registryFile, 'utf8')).toBe(before);
});

test('opening creates nothing', async () => {
  await open();
  expect(existsSync(home.paths.registryFile)).toBe(false);
});
