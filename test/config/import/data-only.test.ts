import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { importFile } from '../../../src/config/import/import-file.ts';

const OPTIONS = { kind: null, envName: null };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'healer-import-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test.each(['notes.txt', 'apps.json', 'dump.pm2', 'ecosystem'])('%s is data and is never executed', async (name) => {
  const path = folder();
  const file = join(path, name);
  writeFileSync(file, `[1].map(() => require('fs').writeFileSync(${JSON.stringify(join(path, 'executed'))}, ''))`);
  await expect(importFile(file, { ...OPTIONS, kind: 'pm2' })).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  expect(existsSync(join(path, 'executed'))).toBe(false);
});

test('a dump of PM2 is imported without the variables of the shell', async () => {
  const file = join(folder(), 'dump.pm2');
  const app = { name: 'web', pm_exec_path: '/srv/web.js', pm_cwd: '/srv', exec_interpreter: 'node', args: ['-v'] };
  writeFileSync(file, JSON.stringify([{ ...app, env: { PORT: '80', PATH: '/bin', SHLVL: '1' } }]));
  const { programs, kind, isExecuted } = await importFile(file, OPTIONS);
  expect({ kind, isExecuted }).toEqual({ kind: 'pm2', isExecuted: false });
  expect(programs[0]).toMatchObject({ id: 'web', spec: { command: 'node', cwd: '/srv', env: { PORT: '80' } } });
  expect(Object.keys(programs[0]?.spec.env ?? {})).not.toContain('SHLVL');
});

test('the processes of a cluster in a dump are instances of one program, and its environment is reported', async () => {
  const file = join(folder(), 'dump.pm2');
  const app = {
    name: 'web',
    pm_exec_path: '/srv/web.js',
    pm_cwd: '/srv',
    exec_interpreter: 'node',
    exec_mode: 'cluster_mode',
  };
  const saved = [0, 1, 2].map((number) => ({
    ...{ ...app, instances: 3, NODE_APP_INSTANCE: number },
    env: { PORT: '80', NODE_APP_INSTANCE: number, unique_id: `id-${String(number)}` },
  }));
  writeFileSync(file, JSON.stringify([...saved, { ...app, name: 'other', exec_mode: 'fork_mode' }]));
  const { programs } = await importFile(file, OPTIONS);
  expect(programs.map(({ id, spec }) => [id, spec.instances])).toEqual([
    ['web', 3],
    ['other', undefined],
  ]);
  const notes = programs[0]?.notes.map(({ message }) => message);
  expect(notes).toContainEqual(expect.stringContaining('no cluster mode'));
  expect(notes).toContainEqual(expect.stringContaining('PM2 saved the variables of the shell'));
});

test('fields of PM2 that it added to the environment of a dumped app are left out', async () => {
  const file = join(folder(), 'dump.pm2');
  const env = {
    PM2_JSON_PROCESSING: 'true',
    name: 'web',
    exec_mode: 'fork_mode',
    treekill: 'true',
    NODE_ENV: 'production',
  };
  writeFileSync(file, JSON.stringify([{ name: 'web', pm_exec_path: '/srv/web.js', pm_cwd: '/srv', env }]));
  const { programs } = await importFile(file, OPTIONS);
  expect(programs[0]?.spec.env).toEqual({ NODE_ENV: 'production' });
});
