import * as z from 'zod';
import { eventKindSchema } from './event-kind-schema.ts';
import { definedIdSchema, groupNameSchema, processIdSchema } from './process-id-schema.ts';
import { anomalySchema } from './spec/anomaly-spec.ts';
import { healthSchema } from './spec/health-spec.ts';
import { fleetLossSchema } from './spec/fleet-loss-spec.ts';
import { HOOKS, hooksSchema } from './spec/hooks-spec.ts';
import { limitsSchema, rlimitsSchema } from './spec/limits-spec.ts';
import { readySchema } from './spec/ready-spec.ts';
import { reloadSchema } from './spec/reload-spec.ts';
import { restartSchema } from './spec/restart-spec.ts';
import { schedulingSchema } from './spec/scheduling-spec.ts';
import { socketsSchema } from './spec/sockets-spec.ts';
import {
  kernelText,
  megabytes,
  milliseconds,
  millisecondsFrom,
  orDefaults,
  textual,
  variableName,
} from './spec/spec-values.ts';
import { stopSchema } from './spec/stop-spec.ts';

const logs = z.strictObject({
  maxSizeMb: megabytes.default(10).describe('Size in MB at which the log is rotated'),
  keep: z.number().int().min(0).max(1000).default(5).describe('Number of rotated files to keep'),
  timestamps: z.boolean().default(true).describe('Prefix each line with a timestamp'),
});

/** Number of instances of a program: a number, or `max` for one per processor. */
export const instancesSchema = z.union([z.number().int().min(0).max(1000), z.literal('max')]);

/** A user or group, by name or number. */
const account = z.union([kernelText.min(1), z.number().int().min(0).max(4_294_967_294)]);

const dependency = z.union([
  processIdSchema.transform((name) => ({ id: name, condition: 'started' as const, restart: false })),
  z.strictObject({
    id: processIdSchema,
    condition: z.enum(['started', 'ready', 'healthy', 'completed']).default('started'),
    restart: z
      .boolean()
      .default(false)
      .describe(
        'Restart this program too when the dependency is restarted by a command or because its definition changed',
      ),
  }),
]);

/** The fields of a program definition, before defaults that depend on other fields are filled in. */
const processFields = z.strictObject({
  id: definedIdSchema.describe('Unique id of the program').meta({ examples: ['web'] }),
  name: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('Display name; the id by default')
    .meta({ examples: ['The site'] }),
  groups: z
    .array(groupNameSchema)
    .max(32)
    .default([])
    .describe('Groups that the program belongs to; `@name` selects all programs of a group in commands')
    .meta({ examples: [['web', 'staging']] }),
  command: kernelText
    .min(1)
    .describe('Executable: a path, or a name to search for. Executed directly, without a shell')
    .meta({ examples: ['node'] }),
  args: z
    .array(textual)
    .default([])
    .describe('Arguments, one per entry')
    .meta({ examples: [['server.mjs', '--port', '8080']] }),
  type: z
    .enum(['simple', 'forking'])
    .default('simple')
    .describe(
      '`simple`: the started process is the program. `forking`: it moves itself to the background and exits; healer follows the process that remains',
    ),
  pidFile: kernelText
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'File in which a program with `type: forking` writes the pid of its main process; without it, exactly one process must remain',
    )
    .meta({ examples: ['/run/nginx.pid'] }),
  shell: z.boolean().default(false).describe('Run `command` as a script with /bin/sh'),
  cwd: kernelText
    .nullable()
    .default(null)
    .describe('Working directory')
    .meta({ examples: ['/srv/web'] }),
  env: z
    .record(variableName, textual)
    .default({})
    .describe('Environment variables')
    .meta({ examples: [{ PORT: '8080' }] }),
  inheritEnv: z.boolean().default(true).describe('Pass the environment of the engine on to the program'),
  envFile: z
    .union([kernelText.min(1).transform((file) => [file]), z.array(kernelText.min(1))])
    .default([])
    .describe(
      'Files with NAME=value lines, read at each start; later files override earlier ones, and `env` overrides all files',
    )
    .meta({ examples: ['.env'] }),
  envFileDialect: z
    .enum(['dotenv', 'docker', 'foreman', 'systemd'])
    .default('dotenv')
    .describe(
      'How the env files are read: as `dotenv` does, as `docker run --env-file`, as foreman, or as EnvironmentFile= of `systemd`',
    ),
  user: account
    .nullable()
    .default(null)
    .describe('User to run as, a name or a uid; null is the user of the engine')
    .meta({ examples: ['www-data'] }),
  group: account
    .nullable()
    .default(null)
    .describe('Group to run as, a name or a gid; null is the primary group of the user')
    .meta({ examples: ['www-data'] }),
  umask: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'a umask is three octal digits in quotes, such as "022"')
    .nullable()
    .default(null)
    .describe('File mode creation mask: octal digits in quotes')
    .meta({ examples: ['022'] }),
  nice: z
    .number()
    .int()
    .min(-20)
    .max(19)
    .nullable()
    .default(null)
    .describe('Scheduling priority, from -20 (highest) to 19 (lowest)')
    .meta({ examples: [10] }),
  rlimits: rlimitsSchema
    .default({})
    .describe('Kernel resource limits (see prlimit(1)); a single value sets both the soft and the hard limit')
    .meta({ examples: [{ nofile: 65_536 }] }),
  session: z
    .enum(['auto', 'gui', 'none'])
    .default('auto')
    .describe('Desktop session: `gui` requires one, `auto` uses one if available, `none` ignores it'),
  adopt: z
    .enum(['by-name', 'off'])
    .default('off')
    .describe('`by-name` adopts a running process of the same name instead of starting a duplicate'),
  dependsOn: z
    .array(dependency)
    .default([])
    .describe('Programs that must be `started`, `ready`, `healthy` or `completed` before this one starts')
    .meta({ examples: [['db', { id: 'migrate', condition: 'completed' }]] }),
  autostart: z.boolean().default(true).describe('Start the program when the engine starts'),
  enabled: z.boolean().default(true).describe('Allow the program to be started'),
  startSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(1)
    .describe('Seconds a program must stay up after its start to count as running; `ready` replaces it'),
  ready: readySchema
    .nullable()
    .default(null)
    .describe('When the program is ready: until then it is starting, and from then on running')
    .meta({ examples: [{ log: 'listening on' }] }),
  watchdogMs: millisecondsFrom(10)
    .nullable()
    .default(null)
    .describe(
      'Watchdog: the program must send WATCHDOG=1 to NOTIFY_SOCKET at least this often, or it is unhealthy and is restarted',
    )
    .meta({ examples: [30_000] }),
  sockets: socketsSchema
    .default([])
    .describe('Listening sockets that healer opens, keeps open across restarts, and passes on from descriptor 3')
    .meta({ examples: [[{ listen: '127.0.0.1:8080' }]] }),
  restart: orDefaults(restartSchema).describe('What happens when the program exits'),
  stop: orDefaults(stopSchema).describe('How the program is stopped'),
  reload: orDefaults(reloadSchema).describe('How the program reloads its configuration'),
  limits: orDefaults(limitsSchema).describe('Resource limits; a program that exceeds one is restarted'),
  healing: z
    .enum(['heal', 'observe'])
    .default('heal')
    .describe('`heal` acts on faults; `observe` only reports what healing would have done'),
  healTimeoutMs: milliseconds.default(1000).describe('Stop timeout when healing restarts the program, before SIGKILL'),
  leftovers: z
    .enum(['kill', 'leave'])
    .default('kill')
    .describe('What to do with leftover processes when the program exits'),
  logs: orDefaults(logs).describe('Log files'),
  anomaly: orDefaults(anomalySchema).describe('Anomaly detection'),
  zombies: z
    .enum(['report', 'restart-parent'])
    .default('report')
    .describe('What to do if the program does not reap its zombie children'),
  health: healthSchema
    .nullable()
    .default(null)
    .describe('Health check; null for none')
    .meta({ examples: [{ check: { type: 'http', url: 'http://127.0.0.1:8080/health' } }] }),
  instances: instancesSchema
    .optional()
    .describe(
      'Number of instances, named `id-0` to `id-(N-1)`, each with its number in HEALER_INSTANCE; `max` is one per processor; without it, a single program named `id`',
    )
    .meta({ examples: [4] }),
  schedule: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      'Cron expression for scheduled runs: restarts the program, or starts it if it has exited; with `restart: never`, it is a job',
    )
    .meta({ examples: ['0 4 * * *'] }),
  scheduling: orDefaults(schedulingSchema).describe('How the schedule is carried out'),
  maxRuntimeMs: millisecondsFrom(1)
    .nullable()
    .default(null)
    .describe('Longest time a run may take, after which the program is stopped as faulty; null is unlimited')
    .meta({ examples: ['30m'] }),
  onFleetLost: fleetLossSchema
    .nullable()
    .default(null)
    .describe(
      'What happens while this host, as a member of a fleet, has no connection to it, for a program of which only one may run in the fleet; null for nothing',
    )
    .meta({ examples: [{ after: '5m', stop: true }] }),
  hooks: hooksSchema
    .default({})
    .describe(`Commands that run when something happens to the program: ${Object.keys(HOOKS).join(', ')}`)
    .meta({ examples: [{ crashed: './page-me.sh', before: ['npm', 'run', 'migrate'] }] }),
  notify: z
    .union([z.literal('all'), z.literal('none'), z.array(eventKindSchema)])
    .default('all')
    .describe('Kinds of events that send an alert')
    .meta({ examples: [['crashed', 'failed']] }),
});

/** A definition that was valid when it was stored, possibly by the rules of an earlier version. */
export const storedSpecSchema = processFields.transform(withName);

/** A program definition: the same schema for all sources. See docs/configuration.md. */
export const processSpecSchema = processFields.superRefine(checkStart).transform(withName);

/** Without a literal, V8 gives all definitions the same hidden class: a spread followed by a new property makes one for each object. */
function withName<T extends { readonly id: string; readonly name?: string | undefined }>(
  spec: T,
): T & { name: string } {
  return Object.assign({}, spec, { name: spec.name ?? spec.id });
}

/** Checks fields about the start of a program that only make sense together. */
function checkStart(
  { type, pidFile, ready, health, sockets }: z.output<typeof processFields>,
  context: z.RefinementCtx,
): void {
  const refuse = (path: string[], message: string): void => context.addIssue({ code: 'custom', path, message });
  if (pidFile !== null && type === 'simple')
    refuse(['pidFile'], 'only a program that moves itself to the background has a pid file; set type: forking too');
  if (ready?.health === true && health?.enabled !== true)
    refuse(['ready', 'health'], 'the program has no health check; define one under health');
  const free = 3 + sockets.length;
  if (ready?.fd !== undefined && ready.fd < free)
    refuse(['ready', 'fd'], `the sockets use this descriptor; write ${String(free)} or a higher one`);
}

/** Part of a definition, as in one of several sources, or as defaults for all programs. */
export const partialSpecSchema = processFields.omit({ id: true }).partial();

export type ProcessSpec = z.output<typeof processSpecSchema>;
export type ProcessSpecInput = z.input<typeof processSpecSchema>;
