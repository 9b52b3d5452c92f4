import * as z from 'zod';
import { SCHEMA_URL } from '../../base/project-urls.ts';
import { definedIdSchema } from '../../protocol/process-id-schema.ts';
import { partialSpecSchema } from '../../protocol/process-spec.ts';
import { type FieldSchema, fieldSchemaOf } from '../reading/field-schema.ts';

const healing = z
  .enum(['heal', 'observe'])
  .optional()
  .describe(
    'Applies to programs that do not set it themselves. `observe` reports what would have been done without doing it',
  );
const binaries = z
  .record(z.string().min(1), z.string().min(1))
  .optional()
  .describe('Paths of executables for commands without a slash; searched before PATH')
  .meta({ examples: [{ node: '/opt/node/bin/node' }] });
const defaults = partialSpecSchema
  .optional()
  .describe('Default values for programs that do not set these fields themselves');
const byId = z.record(definedIdSchema, partialSpecSchema);
const listed = z.array(partialSpecSchema.extend({ id: definedIdSchema }));

/** The parts of a healer.yaml, validated separately so that an error in one does not hide errors in others. */
export const YAML_PARTS = { healing, binaries, defaults, program: partialSpecSchema, id: definedIdSchema } as const;

/** The schema of a whole healer.yaml, for editors and for its top-level fields. */
export const healerYamlSchema = z
  .strictObject({
    $schema: z
      .string()
      .optional()
      .describe('URL of the schema for editors; the engine ignores it')
      .meta({ examples: [SCHEMA_URL] }),
    processes: z
      .union([byId, listed])
      .optional()
      .describe('The programs: a map by id, or a list in which each has its `id`')
      .meta({ examples: [{ web: { command: 'node', args: ['server.mjs'] } }] }),
    defaults,
    binaries,
    healing,
  })
  .meta({
    title: 'healer.yaml',
    description:
      'Programs that healer keeps alive. ${NAME} and ${NAME:-default} in strings are replaced with environment variables.',
  });

let yamlFields: FieldSchema | undefined;

/** Returns the fields of a healer.yaml as data. Created when first needed. */
export function yamlFieldSchema(): FieldSchema {
  yamlFields ??= fieldSchemaOf(healerYamlSchema);
  return yamlFields;
}
