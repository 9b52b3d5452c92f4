import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../scripts/generated-files.ts';
import { readHealerYaml } from '../../src/config/yaml/read-healer-yaml.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('generated files', () => {
  test('are up to date; "npm run generate" writes them', async () => {
    for (const [path, content] of await generatedFiles()) {
      expect(readFileSync(`${ROOT}/${path}`, 'utf8'), `${path} is stale`).toBe(content);
    }
  });

  test('let an editor find what the engine rejects', () => {
    const schema = JSON.parse(readFileSync(`${ROOT}/schema/healer.schema.json`, 'utf8')) as object;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(validate({ processes: { web: { command: 'node', args: ['--port', 8080] } } })).toBe(true);
    expect(validate({ processes: [{ id: 'web', command: 'node', limits: { memoryMb: 5 } }] })).toBe(true);
    expect(validate({ processes: { web: { comand: 'node' } } })).toBe(false);
    expect(validate({ processes: { web: { command: 'node', limits: { memoryMb: 'much' } } } })).toBe(false);
  });
});

test('the example healer.yaml is valid for the engine and for editors', async () => {
  const path = `${ROOT}/examples/healer.yaml`;
  const { problems, definitions } = await readHealerYaml(readFileSync(path), path, {});
  expect(problems).toEqual([]);
  expect(definitions.length).toBeGreaterThan(3);
  const schema = JSON.parse(readFileSync(`${ROOT}/schema/healer.schema.json`, 'utf8')) as object;
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  expect(validate(parse(readFileSync(path, 'utf8'), { merge: true })), JSON.stringify(validate.errors)).toBe(true);
});
