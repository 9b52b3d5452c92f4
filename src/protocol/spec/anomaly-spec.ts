import * as z from 'zod';
import { megabytes, percent, positive, orDefaults } from './spec-values.ts';

/** Hours and minutes; 24:00 is the end of the day. */
const RESTART_WINDOW = /^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;

const anomalyAction = z.enum(['log', 'restart', 'kill']);

function countLeak(counted: string, description: string) {
  return orDefaults(
    z.strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('log'),
      minGrowth: z
        .number()
        .int()
        .min(1)
        .default(20)
        .describe(`Number of ${counted} below which growth is not reported`),
    }),
  ).describe(description);
}

/** The settings of the anomaly detectors. See docs/detectors.md. */
export const anomalySchema = z.strictObject({
  leak: orDefaults(
    z.strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('restart'),
      fastMbPerSecond: positive
        .nullable()
        .default(4)
        .describe('Growth in MB per second that counts as a leak after only 40 s; null relies on the trends'),
      minGrowthMb: megabytes.default(20).describe('Growth in MB below which nothing is reported'),
      restartWindow: z
        .string()
        .regex(RESTART_WINDOW, 'must be a time of day from which and until which, such as "03:00-05:00"')
        .nullable()
        .default(null)
        .describe(
          'Time of day, local, in which a program with a slow leak is restarted, such as "03:00-05:00"; null only reports it',
        ),
    }),
  ).describe('Memory leak: memory that keeps growing'),
  spike: orDefaults(
    z.strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('log'),
      minPercent: percent.default(50).describe('Percent of one core below which nothing counts as a spike'),
      warmUpSeconds: z
        .number()
        .min(0)
        .max(86_400)
        .default(300)
        .describe('Seconds after a start during which usage is only learned'),
    }),
  ).describe('CPU spike: far more CPU usage than usual'),
  novelty: orDefaults(z.strictObject({ enabled: z.boolean().default(true) })).describe(
    'Novelty: behavior not seen before; only reported, never acted on',
  ),
  forkBomb: orDefaults(
    z.strictObject({
      enabled: z.boolean().default(true),
      action: anomalyAction.default('kill'),
      maxDescendants: z.number().int().min(1).default(50).describe('Maximum number of descendants at the same time'),
    }),
  ).describe('Fork bomb: too many descendants'),
  descriptorLeak: countLeak('descriptors', 'Descriptor leak: files and sockets that are never closed'),
  threadLeak: countLeak('threads', 'Thread leak: threads that never end'),
});
