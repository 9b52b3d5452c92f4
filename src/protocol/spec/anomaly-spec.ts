import * as z from 'zod';
import { positive } from './spec-values.ts';

const anomalyAction = z.enum(['log', 'restart', 'kill']);

/** What each detector looks for, and what is done when it finds it. */
export const anomalySchema = z.strictObject({
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
