import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { USEFUL_FIELDS } from '../../src/config/import/render-first-file.ts';
import { readHealerYaml } from '../../src/config/yaml/read-healer-yaml.ts';
import { type CliHome, type CliResult, createCliHome } from '../support/run-cli.ts';

let home: CliHome;
let folder: string;
beforeEach(async () => {
  home = await createCliHome();
  folder = join(home.folder, 'project');
  mkdirSync(folder);
});
afterEach(() => home.remove());

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const init = (...args: string[]): Promise<CliResult> => home.run(['init', ...args], { cwd: folder });

/** Returns the programs of the written file, which must have no problems. */
async function programs(): Promise<readonly string[]> {
  const path = join(folder, 'healer.yaml');
  const { definitions, problems } = await readHealerYaml(readFileSync(path), path, {});
  expect(problems).toEqual([]);
  return definitions.map(({ id, fields }) => [id, fields['command'], fields['args'] ?? []].flat().join(' '));
}

describe('init', () => {
  test('takes the scripts of a package.json that keep running, and names the others', async () => {
    const scripts = {
      start: 'node server.js --port 3000',
      'start:dev': 'nodemon',
      worker: 'tsx worker.ts',
      build: 'tsc',
    };
    write('package.json', JSON.stringify({ name: '@acme/shop', scripts }));
    write('pnpm-lock.yaml', '');
    const { code, stdout, stderr } = await init();
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'healer: package.json: scripts "start:dev", "build" left out: not programs that keep running\n',
    });
    expect(stdout).toContain('with 2 programs from package.json: shop, worker.');
    expect(stdout).toContain('start the programs with "healer up"');
    expect(await programs()).toEqual(['shop node server.js --port 3000', 'worker pnpm run worker']);
    expect(statSync(join(folder, 'healer.yaml')).mode & 0o777).toBe(0o600);
    expect((await home.run(['config', 'check'], { cwd: folder })).code).toBe(0);
  });

  test('runs a script with npm if a hook belongs to it', async () => {
    write('package.json', JSON.stringify({ scripts: { prestart: 'node build.js', start: 'node server.js' } }));
    await init();
    expect(await programs()).toEqual(['app npm run start']);
  });

  test.each([
    [{ 'start:prod': 'node dist/main', start: 'nest start', 'start:debug': 'x' }, ['app node dist/main']],
    [{ dev: 'vite', build: 'vite build', preview: 'vite preview' }, ['app npm run dev']],
    [{ 'start:api': 'node api.js', 'queue:worker': 'node q.js' }, ['api node api.js', 'queue-worker node q.js']],
    [{ build: 'tsc', prestart: 'x', restart: 'y' }, []],
  ])('of the scripts %j it takes %j', async (scripts, expected) => {
    write('package.json', JSON.stringify({ scripts }));
    await init();
    expect(await programs()).toEqual(expected);
  });

  test('prefers lists of programs, and says what it left out', async () => {
    write('Procfile', 'web: npm start\n');
    write('package.json', JSON.stringify({ scripts: { start: 'node s.js' } }));
    write('compose.yaml', 'services:\n  web: { build: ., command: node s.js }\n  db: { image: "postgres:16" }\n');
    write('ecosystem.config.js', 'require("fs").writeFileSync("executed", "")');
    const { code, stderr } = await init();
    expect(code).toBe(0);
    expect(await programs()).toEqual(['web npm start']);
    expect(stderr).toContain('compose.yaml: "web" left out: it is already in Procfile');
    expect(stderr).toContain('"db" was left out: it runs in the image "postgres:16"');
    expect(stderr).toContain('package.json: its scripts were left out, because the programs are in Procfile');
    expect(stderr).toContain('import it with "healer import ecosystem.config.js"');
    expect(existsSync(join(folder, 'executed'))).toBe(false);
    for (const line of stderr.trim().split('\n'))
      expect(readFileSync(join(folder, 'healer.yaml'), 'utf8')).toContain(line.replace('healer: ', ''));
  });

  test('names places as seen from the folder, also those of a program', async () => {
    write('compose.yaml', 'services:\n  web: { build: ./web, command: node s.js }\n');
    const { stderr } = await init();
    expect(stderr).toContain('healer: compose.yaml:2: its Dockerfile was not found');
    expect(`${stderr}${readFileSync(join(folder, 'healer.yaml'), 'utf8')}`).not.toContain(folder);
  });

  test('reads the other files although one of them is invalid', async () => {
    write('mprocs.yaml', 'procs: [');
    write('process-compose.yaml', 'processes:\n  api: { command: ./api }\n');
    const { code, stderr } = await init();
    expect(code).toBe(0);
    expect(stderr).toContain('mprocs.yaml: left out: ');
    expect(await programs()).toEqual([`api ${join(folder, 'api')}`]);
  });

  test('writes an example where it finds nothing; the engine accepts the file', async () => {
    write('package.json', '{ not JSON');
    const { code, stdout, stderr } = await init();
    expect(code).toBe(0);
    expect(stderr).toMatch(/^healer: package\.json: left out: cannot read/);
    expect(stdout).toContain('with an example: no programs were found in this folder.');
    expect(await programs()).toEqual([]);
  });

  test.each(['healer.yaml', 'healer.yml'])('overwrites no %s, not even through a broken link', async (name) => {
    write('Procfile', 'web: ./serve\n');
    write(name, 'processes: {}');
    const { code, stderr } = await init();
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`${name}" already exists — edit it, check it with "healer config check`));
    expect(readFileSync(join(folder, name), 'utf8')).toBe('processes: {}');
  });

  test('does not write through a broken link', async () => {
    symlinkSync(join(home.folder, 'elsewhere'), join(folder, 'healer.yaml'));
    expect((await init()).code).toBe(1);
    expect(existsSync(join(home.folder, 'elsewhere'))).toBe(false);
  });

  test('--stdout prints the same file and writes none; --json prints everything', async () => {
    write('Procfile', 'web: ./serve\n');
    const { stdout } = await init('--stdout');
    expect(existsSync(join(folder, 'healer.yaml'))).toBe(false);
    const json = JSON.parse((await init('--json')).stdout) as Record<string, unknown>;
    expect(json).toMatchObject({
      output: join(folder, 'healer.yaml'),
      processes: ['web'],
      files: ['Procfile'],
      notes: [],
    });
    expect(json['yaml']).toBe(stdout);
  });
});

test('the fields that the comments of a new file show are valid', async () => {
  const fields = USEFUL_FIELDS.split('\n').map((line) => `    ${line}`);
  const yaml = `processes:\n  db: { command: db }\n  web:\n    command: node\n${fields.join('\n')}\n`;
  const { definitions, problems } = await readHealerYaml(Buffer.from(yaml), 'healer.yaml', {});
  expect(problems).toEqual([]);
  expect(definitions).toHaveLength(2);
});
