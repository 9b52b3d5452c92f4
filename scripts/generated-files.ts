import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { SCHEMA_URL } from '../src/base/project-urls.ts';
import { TAKES_EFFECT } from '../src/config/sources/diff-specs.ts';
import { alternatives, describeShapes, type FieldSchema, fieldSchemaOf } from '../src/config/reading/field-schema.ts';
import { healerYamlSchema } from '../src/config/yaml/healer-yaml-schema.ts';
import { flowYaml } from '../src/config/reading/describe-issue.ts';
import { type ProcessSpec, processSpecSchema } from '../src/protocol/process-spec.ts';
import { cliReference } from './cli-reference.ts';
import { floorPlan } from './floor-plan.ts';
import { gtfobinsModule } from './gtfobins.ts';
import { openApiDocument } from './openapi.ts';
import { keyReference } from './key-reference.ts';

const CONFIGURATION = 'docs/configuration.md';
const SCREEN = 'docs/tui.md';
const ARCHITECTURE = 'ARCHITECTURE.md';
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Returns the files that are generated from the code: maps the path within the repository to the content. */
export async function generatedFiles(root = ROOT): Promise<ReadonlyMap<string, string>> {
  const schema = { $id: SCHEMA_URL, ...fieldSchemaOf(healerYamlSchema) };
  const files = [
    ['docs/cli.md', cliReference()],
    ['schema/healer.schema.json', JSON.stringify(schema)],
    ['docs/openapi.json', JSON.stringify(openApiDocument(root))],
    ['src/policy/remote-access/gtfobins.ts', gtfobinsModule(await readFile(`${root}/scripts/gtfobins.json`, 'utf8'))],
    [
      CONFIGURATION,
      withPart(CONFIGURATION, await readFile(`${root}/${CONFIGURATION}`, 'utf8'), 'fields', fieldTable()),
    ],
    [SCREEN, withPart(SCREEN, await readFile(`${root}/${SCREEN}`, 'utf8'), 'keys', keyReference())],
    [
      ARCHITECTURE,
      withPart(ARCHITECTURE, await readFile(`${root}/${ARCHITECTURE}`, 'utf8'), 'floors', floorPlan(root)),
    ],
  ] as const;
  const laidOut = files.map(async ([path, content]): Promise<readonly [string, string]> => {
    const filepath = `${root}/${path}`;
    return [path, await format(content, { ...(await resolveConfig(filepath)), filepath })];
  });
  return new Map(await Promise.all(laidOut));
}

/**
 * Returns the document with one generated part replaced.
 * @throws Error if the document has no markers for the part
 */
function withPart(path: string, document: string, name: string, content: string): string {
  const opening = `<!-- ${name}: written by "npm run generate" -->`;
  const closing = `<!-- end of ${name} -->`;
  const begin = document.indexOf(opening);
  const end = document.indexOf(closing);
  if (begin === -1 || end === -1) throw new Error(`"${path}" has no lines "${opening}" and "${closing}"`);
  return `${document.slice(0, begin + opening.length)}\n\n${content}\n\n${document.slice(end)}`;
}

function fieldTable(): string {
  const defaults: ProcessSpec = processSpecSchema.parse({
    id: 'x',
    command: 'x',
    health: { check: { type: 'tcp', port: 1 } },
  });
  const schema = fieldSchemaOf(processSpecSchema);
  const rows = Object.entries(schema.properties ?? {}).flatMap(([name, shape]) =>
    rowsOf(name, shape, defaults[name as keyof ProcessSpec], TAKES_EFFECT[name as keyof ProcessSpec]),
  );
  return ['| field | type | default | takes effect | meaning |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

const EFFECTS = { now: 'at once', start: 'restart' } as const;
/** Fields without a constant default. */
const WITHOUT_DEFAULT = ['id', 'name', 'command', 'health.check'];

function rowsOf(path: string, shape: FieldSchema, value: unknown, effect: keyof typeof EFFECTS): readonly string[] {
  const properties = alternatives(shape).flatMap((one) => Object.entries(one.properties ?? {}));
  const isGroup = properties.length > 0 && shape.oneOf === undefined;
  const type = isGroup ? '' : describeShapes([shape]);
  const hasDefault = !isGroup && value !== undefined && !WITHOUT_DEFAULT.includes(path);
  const cells = [
    `\`${path}\``,
    type,
    hasDefault ? `\`${flowYaml(value)}\`` : '',
    EFFECTS[effect],
    shape.description ?? '',
  ];
  const own = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  if (!isGroup) return [own];
  return [
    own,
    ...properties.flatMap(([name, child]) => rowsOf(`${path}.${name}`, child, partOf(value, name, child), effect)),
  ];
}

function partOf(value: unknown, name: string, { default: byDefault }: FieldSchema): unknown {
  if (typeof value === 'object' && value !== null) return Reflect.get(value, name);
  return byDefault;
}
