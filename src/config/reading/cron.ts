import { Cron } from 'croner';
import { messageOf } from '../../base/thrown.ts';

/** When something recurs, in the local time zone. A time that a clock change skips or doubles happens once. */
export interface Recurrence {
  /** Null when there is no further time. */
  readonly next: (after: Date) => Date | null;
}

type ParsedCron =
  { readonly ok: true; readonly recurrence: Recurrence } | { readonly ok: false; readonly problem: string };

/** Reads a cron expression of five fields, or six with seconds first. */
export function parseCron(expression: string): ParsedCron {
  try {
    const cron = new Cron(expression, { mode: '5-or-6-parts' });
    if (cron.nextRun() === null) return { ok: false, problem: 'no such time ever comes' };
    return { ok: true, recurrence: { next: (after) => cron.nextRun(after) } };
  } catch (error) {
    const message = messageOf(error);
    return { ok: false, problem: message.replace(/^CronPattern: /, '') };
  }
}
