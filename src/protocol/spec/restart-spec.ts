import * as z from 'zod';
import { milliseconds } from './spec-values.ts';

/** What follows when a program ends by itself (SPEC section 5). */
export const restartSchema = z.strictObject({
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
