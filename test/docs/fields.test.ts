import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { programFields } from '../../scripts/generated-files.ts';
import { readHealerYaml } from '../../src/config/yaml/read-healer-yaml.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const schema = JSON.parse(readFileSync(`${ROOT}/schema/healer.schema.json`, 'utf8')) as object;
const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

/** Returns a healer.yaml with a program that has the field. */
function fileWith(path: string, example: string): string {
  const lines = [...(path === 'id' ? [] : ['id: web']), ...(path === 'command' ? [] : ['command: node']), example];
  return `processes:\n  - ${lines.join('\n    ')}\n`;
}

describe('the example of', () => {
  test.each(programFields().map(({ path, example }) => [path, example] as const))(
    '%s is valid: %s',
    async (path, example) => {
      const yaml = fileWith(path, example);
      const { definitions, problems } = await readHealerYaml(Buffer.from(yaml), 'healer.yaml', {});
      expect(problems, yaml).toEqual([]);
      expect(definitions).toHaveLength(1);
      expect(validate(parse(yaml)), JSON.stringify(validate.errors)).toBe(true);
    },
  );
});

test('the schema has the URL of this version, and a file may name it', async () => {
  const { version } = JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')) as { version: string };
  const { $id } = schema as { $id: string };
  expect($id).toMatch(/^https:\/\//);
  expect($id).toContain(`/v${version}/schema/healer.schema.json`);
  const yaml = `$schema: ${$id}\nprocesses:\n  web: { command: node }\n`;
  const { definitions, problems } = await readHealerYaml(Buffer.from(yaml), 'healer.yaml', {});
  expect(problems).toEqual([]);
  expect(definitions).toHaveLength(1);
  expect(validate(parse(yaml))).toBe(true);
});
