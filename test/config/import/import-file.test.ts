import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { parse } from 'yaml';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { formatNote } from '../../../src/config/import/draft/imported.ts';
import { IMPORT_KINDS } from '../../../src/config/import/foreign-format.ts';
import { importFile } from '../../../src/config/import/import-file.ts';
import { importEcosystem } from '../../../src/config/import/pm2/ecosystem.ts';
import { importProcfile } from '../../../src/config/import/procfile.ts';
import { renderYaml } from '../../../src/config/import/render-yaml.ts';
import { importConf } from '../../../src/config/import/supervisord/conf.ts';
import { processSpecSchema } from '../../../src/protocol/process-spec.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/import/', import.meta.url));
const EXPECTED = join(FOLDER, 'expected');

function filesOf(kind: string): string[] {
  const folders = kind === 'procfile' ? [kind, `${kind}/dotenv`] : [kind];
  return folders.flatMap((folder) =>
    readdirSync(join(FOLDER, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^\.|\.timer$/.test(entry.name))
      .map(({ name }) => join(folder, name)),
  );
}

beforeEach(() => {
  vi.stubEnv('NVM_DIR', '/opt/nvm');
  return () => vi.unstubAllEnvs();
});

describe.each(IMPORT_KINDS)('%s', (kind) => {
  test.each(filesOf(kind))('%s is converted to the expected healer.yaml', async (name) => {
    const imported = await importFile(relative('.', join(FOLDER, name)), { kind: null, envName: null });
    expect(imported.kind).toBe(kind);
    const yaml = renderYaml(imported, { source: name, schema: 'healer.schema.json' });
    const shown = yaml.replaceAll(FOLDER, '/home/').replaceAll(relative('.', FOLDER), 'import');
    await expect(shown).toMatchFileSnapshot(join(EXPECTED, `${name.replaceAll('/', '-')}.yaml`));
    const { processes } = parse(yaml) as { processes: Record<string, object> };
    for (const [id, spec] of Object.entries(processes)) processSpecSchema.parse({ ...spec, id });
  });
});

describe('PM2', () => {
  const take = (envName: string | null, app: object) => importEcosystem({ apps: [app] }, '/srv/e.json', { envName });

  test('--env combines a named environment with the common one', () => {
    const app = { script: 'a.js', env: { A: 1, B: 2 }, env_production: { B: 3 }, env_test: { B: 4 } };
    const { programs } = take('production', app);
    expect(programs[0]?.spec.env).toEqual({ A: '1', B: '3' });
    expect(programs[0]?.notes.map(formatNote)).toEqual([
      '/srv/e.json: apps[0].env_test: was not imported; use "healer import --env test" to import it',
    ]);
  });

  test.each([
    ['max', availableParallelism()],
    [0, availableParallelism()],
    [-1, Math.max(1, availableParallelism() - 1)],
    [3, 3],
    ['3', 3],
    [1, 1],
  ])('instances: %j', (instances, count) => {
    const { programs } = take(null, { name: 'a', script: 'a.js', instances, exec_mode: 'fork' });
    expect(programs[0]?.spec.instances ?? 1).toBe(count);
  });
});

describe('a file that cannot be read results in one sentence', () => {
  test.each([
    ['throws.config.js', /TypeError: the vault is closed/],
    ['syntax.config.js', /SyntaxError/],
    ['none.config.js', /contains no apps: it has to export a list "apps"/],
    ['leaves.config.js', /it exited before it was loaded/],
    ['broken.yaml', /cannot load/],
    ['words.txt', /unknown kind of file: .* --kind/],
    ['empty.conf', /contains no section such as/],
    ['typed.config.ts', /it is TypeScript/],
    ['missing.conf', /file not found; check the path/],
    ['../hostile', /it is not a regular file/],
  ])('%s', async (name, sentence) => {
    const importing = importFile(join(FOLDER, 'hostile', name), { kind: null, envName: null });
    await expect(importing).rejects.toMatchObject({ code: 'INVALID_CONFIG', message: expect.stringMatching(sentence) });
    await expect(importing).rejects.not.toMatchObject({ message: expect.stringContaining('\n') });
  });
});

describe('any input results in valid YAML', () => {
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\w:=[\]%(){}"'$;#,\\ \n-]*$/));
  const value = fc.oneof(fc.jsonValue(), text);

  test('for a Procfile', () => {
    fc.assert(fc.property(text, (content) => isWellFormed(importProcfile(content, '/srv/Procfile', { dotenv: null }))));
  });

  test('for supervisord', () => {
    const body = fc.tuple(text, text, text).map(([a, b, c]) => `[program:${a}]\ncommand=${b}\nenvironment=${c}\n${a}`);
    fc.assert(fc.property(body, (content) => isWellFormed(importConf(`[supervisord]\n${content}`, '/srv/s.conf'))));
  });

  test('for an app of PM2', () => {
    const keys = ['script', 'name', 'args', 'env', 'instances', 'cwd', 'exec_mode', 'interpreter', 'watch', 'uid'];
    const more = ['max_memory_restart', 'min_uptime', 'max_restarts', 'restart_delay', 'cron_restart', 'kill_timeout'];
    const app = fc.dictionary(fc.constantFrom(...keys, ...more, 'stop_exit_codes', 'env_x'), value);
    fc.assert(fc.property(app, (one) => isWellFormed(importEcosystem([one], '/srv/e.js', { envName: 'x' }))));
  });

  function isWellFormed(imported: Parameters<typeof renderYaml>[0]): void {
    const yaml = renderYaml(imported, { source: 'x\ny', schema: 's' });
    const read = (parse(yaml) as { processes: Record<string, object> | null }).processes ?? {};
    expect(Object.keys(read)).toEqual(imported.programs.map(({ id }) => id));
    expect(Object.values(read)).toEqual(imported.programs.map(({ spec }) => spec));
  }
});
