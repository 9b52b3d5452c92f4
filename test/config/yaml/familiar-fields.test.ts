import { describe, expect, test } from 'vitest';
import { combineSources } from '../../../src/config/sources/combine-sources.ts';
import { registryReadingOf } from '../../../src/config/registry/registry-reading.ts';
import { EMPTY_REGISTRY } from '../../../src/config/registry/registry-content.ts';
import { readHealerYaml } from '../../../src/config/yaml/read-healer-yaml.ts';
import { familiarHint } from '../../../src/config/reading/familiar-fields.ts';
import { programFieldSchema } from '../../../src/config/reading/program-issues.ts';

async function read(fields: string, head = '') {
  const text = `${head}processes:\n  web: { command: node, ${fields} }\n`;
  const reading = await readHealerYaml(Buffer.from(text), '/srv/healer.yaml', {});
  const { specs } = combineSources({ files: [reading], registry: registryReadingOf(EMPTY_REGISTRY, '/r.json') });
  return { hints: reading.problems.map(({ hint }) => hint), spec: specs[0]?.spec };
}

describe('units', () => {
  test.each([
    ['limits: { memoryMb: 1G }', { limits: { memoryMb: 1024, cpuPercent: null } }],
    ['limits: { memoryMb: 1.5G, cpuPercent: 500% }', { limits: { memoryMb: 1536, cpuPercent: 500 } }],
    ['limits: { memoryMb: "512 MiB" }', { limits: { memoryMb: 512 } }],
    ['limits: { memoryMb: 1024K }', { limits: { memoryMb: 1 } }],
    ['stop: { gracefulTimeoutMs: 5m }', { stop: { gracefulTimeoutMs: 300_000 } }],
    ['healTimeoutMs: 250ms', { healTimeoutMs: 250 }],
    [
      'restart: { backoffMs: [0, 1.5s, 1h30m], cooldown: { windowMs: 1m } }',
      { restart: { backoffMs: [0, 1500, 5_400_000] } },
    ],
    ['logs: { maxSizeMb: 1G }', { logs: { maxSizeMb: 1024 } }],
    [
      'anomaly: { leak: { minGrowthMb: 1G }, spike: { minPercent: 80% } }',
      { anomaly: { leak: { minGrowthMb: 1024 } } },
    ],
    [
      'health: { check: { type: tcp, port: 1 }, intervalMs: 10s, timeoutMs: 500ms }',
      { health: { intervalMs: 10_000 } },
    ],
    ['restart: always', { restart: { policy: 'always', backoffMs: [0, 1000, 2000, 5000] } }],
  ])('%s', async (fields, expected) => {
    const { hints, spec } = await read(fields);
    expect(hints).toEqual([]);
    expect(spec).toMatchObject(expected);
  });

  test('restart: always keeps the other fields of the defaults', async () => {
    const { spec } = await read('restart: always', 'defaults: { restart: { maxAttempts: 7, policy: never } }\n');
    expect(spec?.restart).toMatchObject({ policy: 'always', maxAttempts: 7 });
  });

  test.each([
    ['limits: { memoryMb: 0M }', 'for example: memoryMb: 512'],
    ['limits: { memoryMb: much }', 'for example: memoryMb: 512'],
    ['stop: { gracefulTimeoutMs: 30 days }', 'for example: gracefulTimeoutMs: 30000'],
    ['stop: { gracefulTimeoutMs: 30d }', 'for example: gracefulTimeoutMs: 30000'],
    ['health: { check: { type: tcp, port: 1 }, intervalMs: 5ms }', 'for example: intervalMs: 3000'],
    ['restart: sometimes', 'for example: restart: on-failure'],
  ])('%s is refused with an example', async (fields, hint) => {
    expect((await read(fields)).hints).toEqual([hint]);
  });
});

describe('a field of another program manager gets the field of healer', () => {
  test.each([
    ['memory: 1G', 'write limits: { memoryMb: 1G }'],
    ['max_memory_restart: 300M', 'write limits: { memoryMb: 300M }'],
    ['cpu: 80', 'write limits: { cpuPercent: 80 }'],
    ['script: app.js', 'write command: app.js'],
    ['cmd: node', 'write command: node'],
    ['directory: /srv', 'write cwd: /srv'],
    ['environment: { A: b }', 'write env: { NAME: value }'],
    ['env_file: .env', 'did you mean "envFile"?'],
    ['autorestart: true', 'write restart: { policy: always }'],
    ['healthcheck: { test: x }', 'write health: { check: { type: http, url: "http://127.0.0.1:8080/health" } }'],
    ['numprocs: 3', 'write instances: 3'],
    ['stopsignal: INT', 'write stop: { signal: SIGINT }'],
    ['stopwaitsecs: 10', 'write stop: { gracefulTimeoutMs: 10s }'],
    ['cron_restart: "0 4 * * *"', 'write schedule: "0 4 * * *"'],
    ['namespace: site', 'write groups: [site]'],
    [
      'stdout_logfile: /dev/stdout',
      'healer writes both streams to logs/<id>/current.log; "logs" sets their size and number',
    ],
    ['watch: true', 'programs are not restarted when files change'],
    ['depends_on: [db]', 'did you mean "dependsOn"?'],
    ['limits: { memory: 500M }', 'write memoryMb: 500M'],
    ['limits: { cpu: 50 }', 'write cpuPercent: 50'],
    ['health: { check: { type: tcp, port: 1 }, retries: 3 }', 'write consecutiveFailuresRequired: 3'],
  ])('%s', async (field, hint) => {
    expect((await read(field)).hints).toEqual([hint]);
  });

  test('and so does the map of programs', async () => {
    const { problems } = await readHealerYaml(Buffer.from('apps: []\n'), '/srv/healer.yaml', {});
    expect(problems.map(({ hint }) => hint)).toEqual([
      'define programs under processes; "healer import" converts files of other program managers',
    ]);
  });

  test('but no field of ours has such a hint', () => {
    const names = Object.keys(programFieldSchema().properties ?? {});
    expect(names.filter((name) => name !== 'group' && familiarHint(name, null, 'x') !== null)).toEqual([]);
  });
});

test('a command line in command is split as a shell does', async () => {
  const reading = await readHealerYaml(
    Buffer.from(`processes:\n  web: { command: 'sh -c "echo hello; sleep 1000"' }\n`),
    '/srv/healer.yaml',
    {},
  );
  expect(reading.problems[0]?.hint).toBe(
    'write command: sh and args: ["-c", "echo hello; sleep 1000"], or shell: true',
  );
});
