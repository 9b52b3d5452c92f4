import { z } from 'zod';

const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
    'an id is 1 to 64 of A-Z a-z 0-9 . _ @ - and starts with a letter or digit',
  );
const milliseconds = z.number().int().min(0).max(2_147_483_647);
const signalName = z.string().regex(/^SIG[A-Z0-9]+$/, 'a signal is written as SIGTERM');
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
  })
  .transform((spec) => ({ ...spec, name: spec.name ?? spec.id }));

export type ProcessSpec = z.output<typeof processSpecSchema>;
export type ProcessSpecInput = z.input<typeof processSpecSchema>;

/** The schema of an id alone, for requests that name a program. */
export const processIdSchema = id;
