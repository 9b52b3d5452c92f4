import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { importFile } from '../../../src/config/import/import-file.ts';
import { formatNote } from '../../../src/config/import/draft/imported.ts';
import { importEcosystem } from '../../../src/config/import/pm2/ecosystem.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'healer-import-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

async function take(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, text);
  return importFile(file, { kind: null, envName: null });
}

const APP = "{ name: 'a', script: 'a.js', env: { KEY: process.env.KEY_OF_IMPORT } }";

test.each([
  [
    'ecosystem.config.cjs',
    `require('dotenv').config({ path: __dirname + '/.env' }); module.exports = { apps: [${APP}] }`,
  ],
  ['ecosystem.config.mjs', `import dotenv from 'dotenv'; dotenv.config(); export default { apps: [${APP}] }`],
  ['side-effect.config.mjs', `import 'dotenv/config'; export const apps = [${APP}]`],
])('%s finds dotenv when its project is not installed', async (name, text) => {
  writeFileSync(join(folder, '.env'), 'KEY_OF_IMPORT="from .env"\n');
  const { programs } = await take(name, text);
  expect(programs[0]?.spec.env).toEqual({ KEY: 'from .env' });
});

test('the error for a missing package names the package and the next step', async () => {
  await expect(take('ecosystem.config.cjs', "require('no-such-package')")).rejects.toThrow(
    /Cannot find module 'no-such-package' — install the packages of its project/,
  );
});

test('only variables that differ from process.env are imported', () => {
  vi.stubEnv('SECRET_OF_THE_SHELL', 'hush');
  const env = { ...process.env, NODE_ENV: 'production', OWN: 1 };
  const { programs } = importEcosystem([{ script: 'a.js', env }], '/srv/e.js', { envName: null });
  expect(programs[0]?.spec.env).toEqual({ NODE_ENV: 'production', OWN: '1' });
  expect(programs[0]?.notes.map(formatNote)).toEqual([expect.stringContaining('env: contains all of process.env')]);
});

test('YAML merge keys work, and an empty file is reported as empty', async () => {
  const { programs } = await take('p.yml', 'x: &x { cwd: /srv, script: a.js }\napps:\n  - { <<: *x, name: one }\n');
  expect(programs[0]).toMatchObject({ id: 'one', spec: { cwd: '/srv', args: ['a.js'] } });
  await expect(take('process.json', '\n')).rejects.toThrow(/it is empty/);
});

test.each([
  [{ script: 'src/' }, 'src', { command: 'node', args: ['src/'] }],
  [{ script: 'worker.py' }, 'worker', { command: 'python3', env: { PYTHONUNBUFFERED: '1' } }],
  [{ script: 'a.js', watch: false, ignore_watch: ['logs'] }, 'a', { command: 'node' }],
])('%j', (app, id, spec) => {
  const { programs } = importEcosystem({ pm2: { apps: [app] } }, join(folder, 'e.js'), { envName: null });
  expect(programs[0]).toMatchObject({ id, spec, notes: [] });
});

test('the file server built into PM2 is left out', () => {
  const { programs, notes } = importEcosystem([{ name: 'site', script: 'serve' }], '/srv/e.js', { envName: null });
  expect(programs).toEqual([]);
  expect(notes[0]?.message).toMatch(/"site" was left out: "serve" is a file server built into PM2/);
});
