import * as z from 'zod';
import { kernelText, milliseconds, millisecondsFrom } from './spec-values.ts';

/** The ways in which a program can become ready. A definition names exactly one. */
const WAYS = ['log', 'notify', 'fd', 'message', 'delayMs', 'health'] as const;

/** Descriptors below are the standard streams; the kernel accepts more, but programs have a limit of open files. */
const [LOWEST_FD, HIGHEST_FD] = [3, 255];

/** When a program is ready. See docs/lifecycle.md. */
export const readySchema = z
  .strictObject({
    log: z
      .string()
      .min(1)
      .optional()
      .describe('Regular expression: ready once a line of the output matches it')
      .meta({ examples: ['listening on'] }),
    notify: z
      .literal(true)
      .optional()
      .describe('Ready once the program sends READY=1 to the socket in NOTIFY_SOCKET, as sd_notify(3) does'),
    fd: z
      .number()
      .int()
      .min(LOWEST_FD)
      .max(HIGHEST_FD)
      .optional()
      .describe('Ready once the program writes a newline to this descriptor, as with s6')
      .meta({ examples: [3] }),
    message: kernelText
      .min(1)
      .optional()
      .describe('Ready once a Node.js program calls process.send with this text, as with wait_ready of PM2')
      .meta({ examples: ['ready'] }),
    delayMs: milliseconds.optional().describe('Ready after it has been up for this time'),
    health: z.literal(true).optional().describe('Ready once the health check passes'),
    timeoutMs: millisecondsFrom(1).default(60_000).describe('Time to become ready'),
    failAction: z
      .enum(['restart', 'disable', 'fail', 'warn'])
      .default('restart')
      .describe('What to do when it is not ready in time; `warn` reports it and treats the program as running'),
  })
  .superRefine((ready, context) => {
    const given = WAYS.filter((way) => ready[way] !== undefined);
    if (given.length === 1) return;
    const found = given.length === 0 ? 'none is given' : `${given.join(' and ')} are given`;
    context.addIssue({ code: 'custom', message: `write exactly one of ${WAYS.join(', ')}; ${found}` });
  });
