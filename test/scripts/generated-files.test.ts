import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../../scripts/generated-files.ts';
import { readHealerYaml } from '../../src/config/yaml/read-healer-yaml.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('what follows from the code', () => {
  test('is up to date; "npm run generate" writes it', async () => {
    for (const [path, content] of await generatedFiles()) {
      expect(readFileSync(`${ROOT}/${path}`, 'utf8'), `${path} is stale`).toBe(content);
    }
  });

  test('lets an editor find what the engine would refuse', () => {
    const schema = JSON.parse(readFileSync(`${ROOT}/schema/healer.schema.json`, 'utf8')) as object;
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    expect(validate({ processes: { web: { command: 'node', args: ['--port', 8080] } } })).toBe(true);
    expect(validate({ processes: [{ id: 'web', command: 'node', limits: { memoryMb: 5 } }] })).toBe(true);
    expect(validate({ processes: { web: { comand: 'node' } } })).toBe(false);
    expect(validate({ processes: { web: { command: 'node', limits: { memoryMb: 'much' } } } })).toBe(false);
  });
});

test('the example is a healer.yaml without problems, also for the editor', async () => {
  const path = `${ROOT}/examples/healer.yaml`;
  const { problems, definitions } = await readHealerYaml(readFileSync(path), path, {});
  expect(problems).toEqual([]);
  expect(definitions.length).toBeGreaterThan(3);
  const schema = JSON.parse(readFileSync(`${ROOT}/schema/healer.schema.json`, 'utf8')) as object;
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  expect(validate(parse(readFileSync(path, 'utf8'), { merge: true })), JSON.stringify(validate.errors)).toBe(true);
});
