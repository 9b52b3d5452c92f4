import { z } from 'zod';
import { EVENT_KINDS, type EventKind } from './engine-event.ts';

const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
    'an id is 1 to 64 of A-Z a-z 0-9 . _ @ - and starts with a letter or digit',
  );
const milliseconds = z.number().int().min(0).max(2_147_483_647);
const signalName = z.string().regex(/^SIG[A-Z0-9]+$/, 'a signal is written as SIGTERM');
const eventKind = z.enum(Object.keys(EVENT_KINDS) as [EventKind, ...EventKind[]]);
const positive = z.number().positive('it has to be above 0');
/** Environment and arguments are text to the kernel; people write numbers there. */
const textual = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const restart = z.strictObject({
  policy: z
    .enum(['on-failure', 'always', 'never'])
    .default('on-failure')
    .describe('When a program that ended by itself is started again'),
  successExitCodes: z
    .array(z.number().int().min(0).max(255))
    .default([0])
    .describe('Exit codes that are no failure')
    .meta({ examples: [[0, 3]] }),
  backoffMs: z
    .array(milliseconds)
    .min(1)
    .default([0, 1000, 2000, 5000])
    .describe('Delays before the first, second … restart in a row; the last one repeats'),
  resetAfterMs: milliseconds.default(300_000).describe('Running this long without a failure clears the counters'),
  jitter: z.number().min(0).max(1).default(0.1).describe('Each delay is spread by plus or minus this fraction'),
  maxAttempts: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Consecutive failures before the program counts as `failed`; null tries for ever')
    .meta({ examples: [10] }),
  retryIndefinitely: z
    .boolean()
    .default(false)
    .describe('After maxAttempts go on with one try each indefiniteIntervalMs'),
  indefiniteIntervalMs: milliseconds.default(21_600_000).describe('Between those tries'),
  cooldown: z
    .strictObject({
      restarts: z.number().int().min(1).default(5).describe('Restarts within the window after which it rests'),
      windowMs: milliseconds.default(60_000).describe('The sliding window in which restarts are counted'),
      durationMs: milliseconds.default(120_000).describe('How long it rests'),
    })
    .prefault({})
    .describe('The rest that a program is given when it restarts too often'),
});

const stop = z.strictObject({
  signal: signalName.default('SIGTERM').describe('What asks the program and its whole tree to end'),
  gracefulTimeoutMs: milliseconds.default(30_000).describe('How long it may take to end before SIGKILL'),
  forceTimeoutMs: milliseconds.default(5_000).describe('How long SIGKILL may take before the stop counts as failed'),
});

const reload = z.strictObject({
  signal: signalName.default('SIGHUP').describe('What tells the main process to read its configuration again'),
});

const limits = z.strictObject({
  cpuPercent: positive
    .nullable()
    .default(null)
    .describe('Percent of one core, the whole tree together; null is unlimited')
    .meta({ examples: [80] }),
  memoryMb: positive
    .nullable()
    .default(null)
    .describe('Resident memory of the whole tree in MB (2^20 bytes); null is unlimited')
    .meta({ examples: [512] }),
});

const logs = z.strictObject({
  maxSizeMb: positive.default(10).describe('Size at which the log is rotated'),
  keep: z.number().int().min(0).max(1000).default(5).describe('Rotated files that are kept'),
  timestamps: z.boolean().default(true).describe('Whether each line gets its time'),
});

const rlimitValue = z.union([z.number().int().min(0), z.literal('unlimited')]);
const rlimit = z.union([rlimitValue, z.strictObject({ soft: rlimitValue, hard: rlimitValue })]);
const RLIMIT_NAMES = ['as', 'core', 'cpu', 'data', 'fsize', 'memlock', 'nofile', 'nproc', 'rss', 'stack'] as const;

const dependency = z.union([
  id.transform((name) => ({ id: name, condition: 'started' as const })),
  z.strictObject({ id, condition: z.enum(['started', 'healthy', 'completed']).default('started') }),
]);

const healthProbe = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('http'),
    url: z.url({ protocol: /^https?$/ }).meta({ examples: ['http://127.0.0.1:8080/health'] }),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    headers: z.record(z.string(), z.string()).default({}),
    status: z
      .array(z.number().int().min(100).max(599))
      .default([])
      .describe('Accepted status codes; empty accepts 200 to 399'),
    body: z.string().nullable().default(null).describe('A regular expression that the body has to match'),
  }),
  z.strictObject({
    type: z.literal('tcp'),
    host: z.string().min(1).default('127.0.0.1'),
    port: z
      .number()
      .int()
      .min(1)
      .max(65_535)
      .meta({ examples: [5432] }),
  }),
  z.strictObject({
    type: z.literal('exec'),
    command: z
      .string()
      .min(1)
      .meta({ examples: ['./check.sh'] }),
    args: z.array(textual).default([]),
  }),
]);

const startupCheck = z.strictObject({
  initialDelayMs: milliseconds.default(2_000).describe('Before the first check after a start'),
  checkIntervalMs: milliseconds.min(10).default(1_000).describe('Between the checks of a start'),
  maxAttempts: z.number().int().min(1).default(30).describe('Checks before the start counts as failed'),
  failAction: z.enum(['restart', 'disable', 'fail']).default('restart').describe('What is done then'),
});

const health = z.strictObject({
  check: healthProbe
    .describe(
      'What is asked: `type` is http (url, method, headers, status, body), tcp (host, port) or exec (command, args)',
    )
    .meta({ examples: [{ type: 'tcp', port: 8080 }] }),
  intervalMs: milliseconds.min(10).default(3_000).describe('Between checks'),
  timeoutMs: milliseconds.min(1).default(2_000).describe('How long an answer may take'),
  consecutiveFailuresRequired: z
    .number()
    .int()
    .min(1)
    .default(2)
    .describe('Failed checks in a row that make it unhealthy'),
  startupCheck: startupCheck.prefault({}).describe('The checks of a start, until the first one succeeds'),
});

const anomalyAction = z.enum(['log', 'restart', 'kill']);
const anomaly = z.strictObject({
  leak: z
    .strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('restart'),
      fastMbPerSecond: positive
        .nullable()
        .default(4)
        .describe('A steady rise this fast is a leak after 40 s already; null waits for the trend of 18 minutes'),
      minGrowthMb: positive.default(20).describe('Less growth than this is none'),
    })
    .prefault({})
    .describe('Memory that rises without end'),
  spike: z
    .strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('log'),
      minPercent: positive.default(50).describe('Of one core; below it nothing is a spike'),
      warmUpSeconds: z.number().min(0).max(86_400).default(300).describe('How long a start is only watched'),
    })
    .prefault({})
    .describe('Far more CPU than the program used to take'),
  novelty: z
    .strictObject({ enabled: z.boolean().default(true) })
    .prefault({})
    .describe('Behaviour not seen before; told, never acted on'),
  forkBomb: z
    .strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('kill'),
      maxDescendants: z.number().int().min(1).default(50).describe('Descendants that a program may have at once'),
    })
    .prefault({})
    .describe('Too many descendants'),
});

/** The fields of a managed program as they may be written, before what follows from others is filled in. */
const processFields = z.strictObject({
  id: id.describe('Unique; names the program everywhere').meta({ examples: ['web'] }),
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
  rlimits: z
    .partialRecord(z.enum(RLIMIT_NAMES), rlimit)
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
    .describe('Whether a running process of the same name is taken over instead of starting a twin'),
  dependsOn: z
    .array(dependency)
    .default([])
    .describe('Programs that have to be `started`, `healthy` or `completed` first')
    .meta({ examples: [['db', { id: 'migrate', condition: 'completed' }]] }),
  autostart: z.boolean().default(true).describe('Whether it is started with the engine'),
  enabled: z.boolean().default(true).describe('Whether it may be started at all'),
  startSeconds: z.number().min(0).max(3600).default(1).describe('How long a start must last to count as running'),
  restart: restart.prefault({}).describe('What follows when it ends'),
  stop: stop.prefault({}).describe('How it is ended'),
  reload: reload.prefault({}).describe('How it is told to read its configuration again'),
  limits: limits.prefault({}).describe('What it may use; above it, it is restarted'),
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
  anomaly: anomaly.prefault({}).describe('What is done about unusual behaviour'),
  zombies: z
    .enum(['report', 'restart-parent'])
    .default('report')
    .describe('What is done about a program that leaves its dead children unreaped'),
  health: health
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
    .union([z.literal('all'), z.literal('none'), z.array(eventKind)])
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

/** The schema of an id alone, for requests that name a program. */
export const processIdSchema = id;
