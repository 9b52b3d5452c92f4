import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliHome, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
beforeEach(async () => {
  home = await createCliHome();
});
afterEach(() => home.remove());

const write = (name: string, text: string): void => writeFileSync(join(home.folder, name), text);
const read = (name: string): string => readFileSync(join(home.folder, name), 'utf8');

test('import writes healer.yaml, reports settings without an equivalent, and suggests the next step', async () => {
  write('Procfile', 'web: ./serve -p $PORT\nnonsense\n');
  const { code, stdout, stderr } = await home.run(['import', 'Procfile']);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'healer: Procfile:2: not an entry of the form "name: command"; foreman skips it too\n',
  });
  expect(stdout).toContain(`Wrote 1 program to ${join(home.folder, 'healer.yaml')}.`);
  expect(read('healer.yaml')).toMatch(/^# yaml-language-server: \$schema=.*\/schema\/healer.schema.json\n/);
  expect(statSync(join(home.folder, 'healer.yaml')).mode & 0o777).toBe(0o600);
});

test('import overwrites no file without --force', async () => {
  write('Procfile', 'web: ./serve\n');
  write('mine.yaml', 'precious');
  const { code, stderr } = await home.run(['import', 'Procfile', '-o', 'mine.yaml']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/mine.yaml" already exists — use --force to overwrite it/);
  expect(read('mine.yaml')).toBe('precious');
  expect((await home.run(['import', 'Procfile', '-o', 'mine.yaml', '--force'])).code).toBe(0);
  expect(read('mine.yaml')).toContain('web:');
});

test('import --stdout prints the result and writes no file; --json prints all details', async () => {
  write('procs.txt', 'web: ./serve\n');
  const printed = await home.run(['import', 'procs.txt', '--kind', 'procfile', '--stdout']);
  expect(printed.stdout).toContain('processes:\n  web:\n');
  const { stdout } = await home.run(['import', 'procs.txt', '--stdout', '--json']);
  expect(JSON.parse(stdout)).toEqual({ output: null, processes: ['web'], notes: [], yaml: printed.stdout });
});

test('import executes a JavaScript file of PM2 and applies the selected environment', async () => {
  mkdirSync(join(home.folder, 'app'));
  const app = "{ name: 'api', script: './server.js', env: { A: 1 }, env_production: { A: 2 } }";
  write('app/ecosystem.config.cjs', `console.log('noise'); module.exports = () => ({ apps: [${app}] });`);
  const { stdout } = await home.run(['import', 'app/ecosystem.config.cjs', '--env', 'production', '--stdout']);
  expect(stdout).toContain('A: "2"');
  expect(stdout).toContain(`cwd: ${join(home.folder, 'app')}`);
  expect(stdout).not.toContain('noise');
});

test.each([
  ['Procfile', '# nothing\n', '"Procfile" contains nothing that can be imported'],
  ['a.conf', '[supervisord]\n', '"a.conf" contains nothing that can be imported'],
  ['e.config.js', 'throw new Error("no vault")', 'cannot load "e.config.js": Error: no vault'],
])('import of %s without usable content fails with the reason', async (name, text, reason) => {
  write(name, text);
  const { code, stdout, stderr } = await home.run(['import', name]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toContain(`healer: ${reason}\n`);
});
