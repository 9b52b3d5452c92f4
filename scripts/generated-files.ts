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
import { exampleOf } from './field-examples.ts';
import { floorPlan } from './floor-plan.ts';
import { gtfobinsModule } from './gtfobins.ts';
import { commandManual, type FieldEntry, fileManual } from './man-pages.ts';
import { messageReference } from './message-reference.ts';
import { openApiDocument } from './openapi.ts';
import { keyReference } from './key-reference.ts';
import { wasmModule } from './wasm-module.ts';

const CONFIGURATION = 'docs/configuration.md';
const SCREEN = 'docs/tui.md';
const ARCHITECTURE = 'ARCHITECTURE.md';
const PREFIX_LINES = 'src/engine/logs/files/prefix-lines';
const PREFIX_LINES_WAT = `${PREFIX_LINES}.wat`;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Returns the files that are generated from the code: maps the path within the repository to the content. */
export async function generatedFiles(root = ROOT): Promise<ReadonlyMap<string, string>> {
  const schema = { $id: SCHEMA_URL, ...fieldSchemaOf(healerYamlSchema) };
  const fields = programFields();
  const files = [
    ['docs/cli.md', cliReference()],
    ['docs/messages.md', messageReference()],
    ['schema/healer.schema.json', JSON.stringify(schema)],
    ['docs/openapi.json', JSON.stringify(openApiDocument(root))],
    ['src/policy/remote-access/gtfobins.ts', gtfobinsModule(await readFile(`${root}/scripts/gtfobins.json`, 'utf8'))],
    [
      `${PREFIX_LINES}-wasm.ts`,
      await wasmModule(PREFIX_LINES_WAT, await readFile(`${root}/${PREFIX_LINES_WAT}`, 'utf8')),
    ],
    [
      CONFIGURATION,
      withPart(CONFIGURATION, await readFile(`${root}/${CONFIGURATION}`, 'utf8'), 'fields', fieldTable(fields)),
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
  const manuals = [
    ['man/healer.1', commandManual()],
    ['man/healer.yaml.5', fileManual(fields)],
  ] as const;
  return new Map([...(await Promise.all(laidOut)), ...manuals]);
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

function fieldTable(fields: readonly FieldEntry[]): string {
  const rows = fields.map(({ path, type, default: byDefault, effect, meaning, example }) => {
    const cells = [`\`${path}\``, type, byDefault === '' ? '' : `\`${byDefault}\``, effect, meaning, `\`${example}\``];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  const head = [
    '| field | type | default | takes effect | meaning | example |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  return [...head, ...rows].join('\n');
}

/** Returns the fields of a program, groups before their fields. */
export function programFields(): readonly FieldEntry[] {
  const defaults: ProcessSpec = processSpecSchema.parse({
    id: 'x',
    command: 'x',
    health: { check: { type: 'tcp', port: 1 } },
  });
  const schema = fieldSchemaOf(processSpecSchema);
  return Object.entries(schema.properties ?? {}).flatMap(([name, shape]) =>
    entriesOf(name, shape, defaults[name as keyof ProcessSpec], TAKES_EFFECT[name as keyof ProcessSpec]),
  );
}

const EFFECTS = { now: 'at once', start: 'restart' } as const;
/** Fields without a constant default. */
const WITHOUT_DEFAULT = ['id', 'name', 'command', 'health.check'];

function entriesOf(
  path: string,
  shape: FieldSchema,
  value: unknown,
  effect: keyof typeof EFFECTS,
): readonly FieldEntry[] {
  const properties = alternatives(shape).flatMap((one) => Object.entries(one.properties ?? {}));
  const isGroup = properties.length > 0 && shape.oneOf === undefined;
  const hasDefault = !isGroup && value !== undefined && !WITHOUT_DEFAULT.includes(path);
  const own = {
    path,
    type: isGroup ? '' : describeShapes([shape]),
    default: hasDefault ? flowYaml(value) : '',
    effect: EFFECTS[effect],
    meaning: shape.description ?? '',
    example: exampleOf(path, shape),
  };
  if (!isGroup) return [own];
  return [
    own,
    ...properties.flatMap(([name, child]) => entriesOf(`${path}.${name}`, child, partOf(value, name, child), effect)),
  ];
}

function partOf(value: unknown, name: string, { default: byDefault }: FieldSchema): unknown {
  if (typeof value === 'object' && value !== null) return Reflect.get(value, name);
  return byDefault;
}
