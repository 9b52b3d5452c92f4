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
const positive = z.number().positive();

const restart = z.strictObject({
  policy: z.enum(['on-failure', 'always', 'never']).default('on-failure'),
  successExitCodes: z.array(z.number().int().min(0).max(255)).default([0]),
  backoffMs: z.array(milliseconds).min(1).default([0, 1000, 2000, 5000]),
  resetAfterMs: milliseconds.default(300_000),
  /** Each delay is spread by plus or minus this fraction. */
  jitter: z.number().min(0).max(1).default(0.1),
  /** Consecutive failures before `failed`; null tries for ever. */
  maxAttempts: z.number().int().min(1).nullable().default(null),
  retryIndefinitely: z.boolean().default(false),
  indefiniteIntervalMs: milliseconds.default(21_600_000),
  cooldown: z
    .strictObject({
      restarts: z.number().int().min(1).default(5),
      windowMs: milliseconds.default(60_000),
      durationMs: milliseconds.default(120_000),
    })
    .prefault({}),
});

const stop = z.strictObject({
  signal: signalName.default('SIGTERM'),
  gracefulTimeoutMs: milliseconds.default(30_000),
  forceTimeoutMs: milliseconds.default(5_000),
});

/** Of the whole tree. CPU in percent of one core, memory in MB (2^20 bytes) of resident set; null is unlimited. */
const limits = z.strictObject({
  cpuPercent: positive.nullable().default(null),
  memoryMb: positive.nullable().default(null),
});

const logs = z.strictObject({
  maxSizeMb: positive.default(10),
  keep: z.number().int().min(0).max(1000).default(5),
  timestamps: z.boolean().default(true),
});

/** One resource limit of the kernel, soft and hard alike unless told apart. */
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
    url: z.url({ protocol: /^https?$/ }),
    method: z.enum(['GET', 'HEAD']).default('GET'),
    headers: z.record(z.string(), z.string()).default({}),
    /** Accepted status codes; empty accepts 200 to 399. */
    status: z.array(z.number().int().min(100).max(599)).default([]),
    /** A regular expression that the body has to match. */
    body: z.string().nullable().default(null),
  }),
  z.strictObject({
    type: z.literal('tcp'),
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(1).max(65_535),
  }),
  z.strictObject({
    type: z.literal('exec'),
    command: z.string().min(1),
    args: z.array(z.string()).default([]),
  }),
]);

const startupCheck = z.strictObject({
  initialDelayMs: milliseconds.default(2_000),
  checkIntervalMs: milliseconds.min(10).default(1_000),
  maxAttempts: z.number().int().min(1).default(30),
  failAction: z.enum(['restart', 'disable', 'fail']).default('restart'),
});

const health = z.strictObject({
  check: healthProbe,
  intervalMs: milliseconds.min(10).default(3_000),
  timeoutMs: milliseconds.min(1).default(2_000),
  consecutiveFailuresRequired: z.number().int().min(1).default(2),
  startupCheck: startupCheck.prefault({}),
});

const anomalyAction = z.enum(['log', 'restart', 'kill']);
const anomaly = z.strictObject({
  leak: z
    .strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('restart'),
      /** A steady rise this fast is a leak after 40 s already; null waits for the trend of 18 minutes. */
      fastMbPerSecond: positive.nullable().default(4),
      /** Less growth than this is none. */
      minGrowthMb: positive.default(20),
    })
    .prefault({}),
  spike: z
    .strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('log'),
      /** Of one core; below it nothing is a spike. */
      minPercent: positive.default(50),
      /** How long a start is only watched. */
      warmUpSeconds: z.number().min(0).max(86_400).default(300),
    })
    .prefault({}),
  /** Told, never acted on. */
  novelty: z.strictObject({ enabled: z.boolean().default(true) }).prefault({}),
  forkBomb: z
    .strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('kill'),
      /** Descendants that a program may have at once. */
      maxDescendants: z.number().int().min(1).default(50),
    })
    .prefault({}),
});

/** What a managed program is: one schema for every source (SPEC section 3). */
export const processSpecSchema = z
  .strictObject({
    id,
    name: z.string().min(1).max(256).optional(),
    command: z.string().min(1),
    args: z.array(z.string()).default([]),
    shell: z.boolean().default(false),
    /** Absolute; null is the engine's own. */
    cwd: z.string().nullable().default(null),
    env: z.record(z.string(), z.string()).default({}),
    inheritEnv: z.boolean().default(true),
    /** Files of NAME=value lines, read at each start; later files win, and `env` wins over all of them. */
    envFile: z
      .union([
        z
          .string()
          .min(1)
          .transform((file) => [file]),
        z.array(z.string().min(1)),
      ])
      .default([]),
    /** A name or a number; null is the engine's own. */
    user: z
      .union([z.string().min(1), z.number().int().min(0)])
      .nullable()
      .default(null),
    group: z
      .union([z.string().min(1), z.number().int().min(0)])
      .nullable()
      .default(null),
    /** Octal, as the shell writes it. */
    umask: z
      .string()
      .regex(/^0?[0-7]{3}$/, 'a umask is three octal digits in quotes, such as "022"')
      .nullable()
      .default(null),
    nice: z.number().int().min(-20).max(19).nullable().default(null),
    rlimits: z.partialRecord(z.enum(RLIMIT_NAMES), rlimit).default({}),
    /** `gui` needs a desktop session, `auto` takes one when there is one, `none` leaves it alone. */
    session: z.enum(['auto', 'gui', 'none']).default('auto'),
    /** Whether a running process of the same name is taken over instead of starting a twin. */
    adopt: z.enum(['by-name', 'off']).default('off'),
    dependsOn: z.array(dependency).default([]),
    autostart: z.boolean().default(true),
    enabled: z.boolean().default(true),
    /** How long a start must last to count as running. */
    startSeconds: z.number().min(0).max(3600).default(1),
    restart: restart.prefault({}),
    stop: stop.prefault({}),
    limits: limits.prefault({}),
    healing: z.enum(['heal', 'observe']).default('heal'),
    healTimeoutMs: milliseconds.default(1000),
    leftovers: z.enum(['kill', 'leave']).default('kill'),
    logs: logs.prefault({}),
    anomaly: anomaly.prefault({}),
    /** What is done about a program that leaves its dead children unreaped. */
    zombies: z.enum(['report', 'restart-parent']).default('report'),
    health: health.nullable().default(null),
    /** Copies `id-0` to `id-(N-1)`; left out, the program is a single one named `id`. */
    instances: z.number().int().min(0).max(1000).optional(),
    /** A cron expression of planned restarts. */
    schedule: z.string().min(1).nullable().default(null),
    /** Kinds of events to alert on. */
    notify: z.union([z.literal('all'), z.literal('none'), z.array(eventKind)]).default('all'),
  })
  .transform((spec) => ({ ...spec, name: spec.name ?? spec.id }));

export type ProcessSpec = z.output<typeof processSpecSchema>;
export type ProcessSpecInput = z.input<typeof processSpecSchema>;

/** The schema of an id alone, for requests that name a program. */
export const processIdSchema = id;
