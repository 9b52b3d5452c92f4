import * as z from 'zod';
import { milliseconds, orDefaults } from './spec-values.ts';

const policy = z.enum(['on-failure', 'always', 'never']);

const restartFields = z.strictObject({
  policy: policy.default('on-failure').describe('Restart policy: when to restart a program that exited on its own'),
  successExitCodes: z
    .array(z.number().int().min(0).max(255))
    .default([0])
    .describe('Exit codes that count as success')
    .meta({ examples: [[0, 3]] }),
  backoffMs: z
    .array(milliseconds)
    .min(1)
    .default([0, 1000, 2000, 5000])
    .describe('Backoff: delays before the first, second, … consecutive restart; the last one repeats'),
  resetAfterMs: milliseconds.default(300_000).describe('Time without a failure after which the counters are reset'),
  jitter: z.number().min(0).max(1).default(0.1).describe('Random variation of each delay: plus or minus this fraction'),
  maxAttempts: z
    .number()
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Consecutive failures after which healer gives up and the program is `failed`; null never gives up')
    .meta({ examples: [10] }),
  retryIndefinitely: z
    .boolean()
    .default(false)
    .describe('After `maxAttempts` failures, keep retrying once every `indefiniteIntervalMs`'),
  indefiniteIntervalMs: milliseconds.default(21_600_000).describe('Interval between those retries'),
  cooldown: orDefaults(
    z.strictObject({
      restarts: z
        .number()
        .int()
        .min(1)
        .default(5)
        .describe('Number of restarts within the window that starts a cooldown'),
      windowMs: milliseconds.default(60_000).describe('Sliding window in which restarts are counted'),
      durationMs: milliseconds.default(120_000).describe('Duration of the cooldown'),
    }),
  ).describe('Cooldown: pause between restarts of a program in a crash loop'),
});

/** What happens when a program exits on its own: the fields, or only the policy. See docs/lifecycle.md. */
export const restartSchema = z.union([
  restartFields,
  policy.transform((chosen): z.input<typeof restartFields> => ({ policy: chosen })).pipe(restartFields),
]);
