import * as z from 'zod';
import { milliseconds } from './spec-values.ts';

/** Returns whether the runtime knows a time zone. */
function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** How the schedule of a program is carried out. See docs/configuration.md, "Schedules". */
export const schedulingSchema = z.strictObject({
  overlap: z
    .enum(['skip', 'queue', 'replace'])
    .default('skip')
    .describe(
      'What happens if a job (`restart: never`) still runs when its next run is due: `skip` that run, `queue` it until the job has exited, or stop the job and `replace` it',
    ),
  timeZone: z
    .string()
    .refine(isTimeZone, 'this is not a time zone; write a name such as Europe/Berlin or UTC')
    .nullable()
    .default(null)
    .describe('Time zone of the schedule; null is that of the engine')
    .meta({ examples: ['Europe/Berlin'] }),
  jitterMs: milliseconds
    .default(0)
    .describe('Each scheduled run is delayed by a random time of up to this, so that many programs do not run at once'),
  catchUp: z
    .boolean()
    .default(false)
    .describe('Run once after the engine starts if runs were missed while it was not running'),
});
