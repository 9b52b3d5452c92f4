import * as z from 'zod';
import { commandSchema } from './command-spec.ts';
import { milliseconds, signalName } from './spec-values.ts';

/** How long a signal of a sequence is given that names no time, in ms. */
const STEP_MS = 10_000;

const step = z.union([
  signalName.transform((signal): [string, number] => [signal, STEP_MS]),
  z.tuple([signalName, milliseconds]),
]);

/** SIGKILL always follows the last signal, so it may be written, but only there. */
const sequence = z
  .array(step)
  .min(1)
  .max(16)
  .refine(
    (steps) => steps.slice(0, -1).every(([signal]) => signal !== 'SIGKILL'),
    'SIGKILL ends a sequence: no signal can follow it',
  )
  .transform((steps) => (steps.length > 1 && steps.at(-1)?.[0] === 'SIGKILL' ? steps.slice(0, -1) : steps));

/** How a program is stopped. See docs/configuration.md, "Stopping". */
export const stopSchema = z.strictObject({
  signal: signalName.default('SIGTERM').describe('Signal for a graceful stop, followed by SIGCONT'),
  sequence: sequence
    .nullable()
    .default(null)
    .describe(
      'Signals in order, each with the time to exit before the next one, instead of `signal` and `gracefulTimeoutMs`; SIGKILL follows the last one',
    )
    .meta({ examples: [[['SIGINT', '5s'], ['SIGTERM', '10s'], 'SIGKILL']] }),
  command: commandSchema
    .nullable()
    .default(null)
    .describe('Command that stops the program. The signals follow if it fails, or if its timeout expires')
    .meta({ examples: ['nginx -s quit'] }),
  target: z
    .enum(['main', 'group', 'tree'])
    .default('main')
    .describe(
      'Receivers of the stop signal: the `main` process, its process `group`, or the whole `tree`. The other processes are signaled once the main process has exited',
    ),
  gracefulTimeoutMs: milliseconds
    .default(30_000)
    .describe('Stop timeout: time to exit after the stop signal, before SIGKILL'),
  forceTimeoutMs: milliseconds
    .default(5_000)
    .describe('Time to exit after SIGKILL, before the stop is reported as failed'),
});
