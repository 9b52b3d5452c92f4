import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolvePaths } from '../../../src/config/instance/paths.ts';
import { type OfflineRegistry, openOfflineRegistry } from '../../../src/config/sources/offline-registry.ts';
import { writeSourcesNote } from '../../../src/config/sources/sources-note.ts';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'healer-offline-'))));
afterEach(() => rmSync(home, { recursive: true }));

function open(...files: readonly string[]): Promise<OfflineRegistry> {
  return openOfflineRegistry(resolvePaths({ HEALER_HOME: home }), files);
}

function list(name: string, text: string): string {
  const file = join(home, name);
  writeFileSync(file, text);
  return file;
}

const ids = async (registry: OfflineRegistry): Promise<string[]> =>
  (await registry.programs()).map(({ spec }) => spec.id);

test('an edit returns what changes when the next engine starts', async () => {
  const registry = await open(list('list.txt', 'web 1 1'));
  const nothing = { added: [], removed: [], restarted: [], changed: [], applied: false };
  expect(await registry.edit({ kind: 'add', id: 'new', fields: { command: 'x', instances: 2 } })).toEqual({
    ...nothing,
    id: 'new',
    added: ['new-0', 'new-1'],
  });
  expect(await registry.edit({ kind: 'update', id: 'web', fields: { nice: 5 } })).toEqual({
    ...nothing,
    id: 'web',
    changed: ['web'],
  });
  expect(await ids(registry)).toEqual(['web', 'new-0', 'new-1']);
  expect(await registry.edit({ kind: 'remove', id: 'new' })).toEqual({
    ...nothing,
    id: 'new',
    removed: ['new-1', 'new-0'],
  });
});

test('programs of the last engine and of the next one are known', async () => {
  const last = list('last.txt', 'old 1 1');
  const next = list('next.txt', 'new 1 1');
  const paths = resolvePaths({ HEALER_HOME: home });
  await (await open(next)).edit({ kind: 'add', id: 'own', fields: { command: 'x' } });
  rmSync(paths.stateDir, { recursive: true, force: true });
  writeSourcesNote(join(home, 'note.json'), [[last]]);
  const registry = await openOfflineRegistry({ ...paths, sourcesFile: join(home, 'note.json') }, [next]);
  expect(await ids(registry)).toEqual(['old', 'own']);
  for (const id of ['old', 'new']) {
    await expect(registry.edit({ kind: 'add', id, fields: { command: 'x' } })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
    });
  }
  await expect(registry.edit({ kind: 'disable', id: 'other' })).rejects.toMatchObject({ code: 'PROCESS_NOT_FOUND' });
});

test('a program is disabled once and enabled again', async () => {
  const registry = await open(list('list.txt', 'web 1 1'));
  await registry.setEnabled('web', false);
  await expect(registry.setEnabled('web', false)).rejects.toMatchObject({
    code: 'INVALID_STATE',
    message: 'cannot disable "web": it is disabled',
  });
  await registry.setEnabled('web', true);
  expect((await registry.programs())[0]?.spec.enabled).toBe(true);
});

test('settings are changed, displayed and reset', async () => {
  const registry = await open();
  expect(await registry.changeSetting('healing', 'observe')).toMatchObject({ value: 'observe', isDefault: false });
  expect((await registry.settings()).find(({ key }) => key === 'healing')).toMatchObject({ value: 'observe' });
  expect(await registry.changeSetting('healing', null)).toMatchObject({ value: 'heal', isDefault: true });
});
