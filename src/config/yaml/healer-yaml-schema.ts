import * as z from 'zod';
import { processIdSchema } from '../../protocol/process-id-schema.ts';
import { partialSpecSchema } from '../../protocol/process-spec.ts';
import { type FieldSchema, fieldSchemaOf } from '../reading/field-schema.ts';

const healing = z
  .enum(['heal', 'observe'])
  .optional()
  .describe(
    'For all programs that do not say it themselves: `observe` tells what would have been done and does nothing',
  );
const binaries = z
  .record(z.string().min(1), z.string().min(1))
  .optional()
  .describe('Where the executables of commands without a slash are; looked at before PATH')
  .meta({ examples: [{ node: '/opt/node/bin/node' }] });
const defaults = partialSpecSchema.optional().describe('What holds for all programs that do not say it themselves');
const byId = z.record(processIdSchema, partialSpecSchema);
const listed = z.array(partialSpecSchema.extend({ id: processIdSchema }));

/** The parts of a healer.yaml that are checked one by one, so that one that is bad hides no other. */
export const YAML_PARTS = { healing, binaries, defaults, program: partialSpecSchema, id: processIdSchema } as const;

/** A healer.yaml as a whole: for editors, and for the fields that there are at its top. */
export const healerYamlSchema = z
  .strictObject({
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
      'Programs that healer keeps alive. ${NAME} and ${NAME:-default} in texts are variables of the environment.',
  });

let yamlFields: FieldSchema | undefined;

/** What may stand in a healer.yaml, as data. */
export function yamlFieldSchema(): FieldSchema {
  yamlFields ??= fieldSchemaOf(healerYamlSchema);
  return yamlFields;
}

let programFields: FieldSchema | undefined;

/** What may be said of a program, as data. Made when there is something to explain. */
export function programFieldSchema(): FieldSchema {
  programFields ??= fieldSchemaOf(partialSpecSchema);
  return programFields;
}
