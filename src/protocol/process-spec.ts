import * as z from 'zod';
import { eventKindSchema } from './event-kind-schema.ts';
import { processIdSchema } from './process-id-schema.ts';
import { anomalySchema } from './spec/anomaly-spec.ts';
import { healthSchema } from './spec/health-spec.ts';
import { limitsSchema, rlimitsSchema } from './spec/limits-spec.ts';
import { restartSchema } from './spec/restart-spec.ts';
import { milliseconds, positive, signalName, textual } from './spec/spec-values.ts';

const stop = z.strictObject({
  signal: signalName.default('SIGTERM').describe('What asks the program and its whole tree to end'),
  gracefulTimeoutMs: milliseconds.default(30_000).describe('How long it may take to end before SIGKILL'),
  forceTimeoutMs: milliseconds.default(5_000).describe('How long SIGKILL may take before the stop counts as failed'),
});

const reload = z.strictObject({
  signal: signalName.default('SIGHUP').describe('What tells the main process to read its configuration again'),
});

const logs = z.strictObject({
  maxSizeMb: positive.default(10).describe('Size at which the log is rotated'),
  keep: z.number().int().min(0).max(1000).default(5).describe('Rotated files that are kept'),
  timestamps: z.boolean().default(true).describe('Whether each line gets its time'),
});

const dependency = z.union([
  processIdSchema.transform((name) => ({ id: name, condition: 'started' as const })),
  z.strictObject({ id: processIdSchema, condition: z.enum(['started', 'healthy', 'completed']).default('started') }),
]);

/** The fields of a managed program as they may be written, before what follows from others is filled in. */
const processFields = z.strictObject({
  id: processIdSchema.describe('Unique; names the program everywhere').meta({ examples: ['web'] }),
  name: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('What is shown; the id unless told otherwise')
    .meta({ examples: ['The site'] }),
  command: z
    .string()
    .min(1)
    .describe('The executable: a path, or a name that is looked up. Executed directly, never through a shell')
    .meta({ examples: ['node'] }),
  args: z
    .array(textual)
    .default([])
    .describe('Arguments, one an entry')
    .meta({ examples: [['server.mjs', '--port', '8080']] }),
  shell: z.boolean().default(false).describe('Run `command` as a script of /bin/sh'),
  cwd: z
    .string()
    .nullable()
    .default(null)
    .describe("The program's folder")
    .meta({ examples: ['/srv/web'] }),
  env: z
    .record(z.string(), textual)
    .default({})
    .describe('Environment variables')
    .meta({ examples: [{ PORT: '8080' }] }),
  inheritEnv: z.boolean().default(true).describe("Whether the engine's own environment is passed on"),
  envFile: z
    .union([
      z
        .string()
        .min(1)
        .transform((file) => [file]),
      z.array(z.string().min(1)),
    ])
    .default([])
    .describe('Files of NAME=value lines, read at each start; later files win, and `env` wins over all of them')
    .meta({ examples: ['.env'] }),
  user: z
    .union([z.string().min(1), z.number().int().min(0)])
    .nullable()
    .default(null)
    .describe("Whom to run as, a name or a number; null is the engine's own")
    .meta({ examples: ['www-data'] }),
  group: z
    .union([z.string().min(1), z.number().int().min(0)])
    .nullable()
    .default(null)
    .describe("The group to run as; null is the user's own")
    .meta({ examples: ['www-data'] }),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'a umask is three octal digits in quotes, such as "022"')
    .nullable()
    .default(null)
    .describe('Octal, in quotes, as the shell writes it')
    .meta({ examples: ['022'] }),
  nice: z
    .number()
    .int()
    .min(-20)
    .max(19)
    .nullable()
    .default(null)
    .describe('From -20 (first) to 19 (last)')
    .meta({ examples: [10] }),
  rlimits: rlimitsSchema
    .default({})
    .describe('Resource limits of the kernel, soft and hard alike unless told apart')
    .meta({ examples: [{ nofile: 65_536 }] }),
  session: z
    .enum(['auto', 'gui', 'none'])
    .default('auto')
    .describe('`gui` needs a desktop session, `auto` takes one when there is one, `none` leaves it alone'),
  adopt: z
    .enum(['by-name', 'off'])
    .default('off')
    .describe('Whether a running process of the same name is taken over instead of starting a duplicate'),
  dependsOn: z
    .array(dependency)
    .default([])
    .describe('Programs that have to be `started`, `healthy` or `completed` first')
    .meta({ examples: [['db', { id: 'migrate', condition: 'completed' }]] }),
  autostart: z.boolean().default(true).describe('Whether it is started with the engine'),
  enabled: z.boolean().default(true).describe('Whether it may be started at all'),
  startSeconds: z.number().min(0).max(3600).default(1).describe('How long a start must last to count as running'),
  restart: restartSchema.prefault({}).describe('What follows when it ends'),
  stop: stop.prefault({}).describe('How it is ended'),
  reload: reload.prefault({}).describe('How it is told to read its configuration again'),
  limits: limitsSchema.prefault({}).describe('What it may use; above it, it is restarted'),
  healing: z
    .enum(['heal', 'observe'])
    .default('heal')
    .describe('`observe` tells what would have been done and does nothing'),
  healTimeoutMs: milliseconds.default(1000).describe('How long it may take to end when it is healed, before SIGKILL'),
  leftovers: z
    .enum(['kill', 'leave'])
    .default('kill')
    .describe('What is done with processes that it leaves behind when it ends'),
  logs: logs.prefault({}).describe('Its log files'),
  anomaly: anomalySchema.prefault({}).describe('What is done about unusual behaviour'),
  zombies: z
    .enum(['report', 'restart-parent'])
    .default('report')
    .describe('What is done about a program that leaves its dead children unreaped'),
  health: healthSchema
    .nullable()
    .default(null)
    .describe('How to find out whether it still answers')
    .meta({ examples: [{ check: { type: 'http', url: 'http://127.0.0.1:8080/health' } }] }),
  instances: z
    .number()
    .int()
    .min(0)
    .max(1000)
    .optional()
    .describe(
      'Copies `id-0` to `id-(N-1)`, each with HEALER_INSTANCE; left out, the program is a single one named `id`',
    )
    .meta({ examples: [4] }),
  schedule: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe('A cron expression of planned restarts')
    .meta({ examples: ['0 4 * * *'] }),
  notify: z
    .union([z.literal('all'), z.literal('none'), z.array(eventKindSchema)])
    .default('all')
    .describe('Kinds of events to alert on')
    .meta({ examples: [['crashed', 'failed']] }),
});

/** What a managed program is: one schema for every source (SPEC section 3). */
export const processSpecSchema = processFields.transform((spec) => ({ ...spec, name: spec.name ?? spec.id }));

/** A part of a definition: what one source of several says of a program, or a default for all. */
export const partialSpecSchema = processFields.omit({ id: true }).partial();

export type ProcessSpec = z.output<typeof processSpecSchema>;
export type ProcessSpecInput = z.input<typeof processSpecSchema>;
