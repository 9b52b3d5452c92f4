import * as z from 'zod';
import { processIdSchema } from '../process-id-schema.ts';
import { WIRE_LIMITS } from '../wire-limits.ts';

/** Which lines of a log a request is about. */
export const logLines = {
  tail: z.number().int().min(0).max(WIRE_LIMITS.tailLines).default(100),
  run: z
    .number()
    .int()
    .min(-1_000_000)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Only lines of one run: its number, 0 for the latest run, -1 for the one before'),
  marks: z.boolean().optional().describe('Also lines that mark the start of a run; every line then has its run'),
};
/** A position in a log, from an earlier message. */
export const logCursor = z
  .string()
  .regex(/^[0-9a-z.]{1,60}:\d{1,15}:-?\d{1,9}$/, 'must be a cursor from an earlier message of this log');

/** Where a stream of events begins, and of which program it is. */
export const eventStream = z.strictObject({
  afterSeq: z.number().int().min(0).optional(),
  process: processIdSchema.optional(),
  /** New events are collected for this long before they are sent, for clients that must not compete with a restart. */
  delayMs: z.number().int().min(0).max(5000).default(0),
});
