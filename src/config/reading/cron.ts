import { Cron } from 'croner';
import { messageOf } from '../../base/thrown.ts';
import { cronProblem, withoutQuestionMarks } from './cron-dialect.ts';

/** When something recurs, in a time zone. A time that a clock change skips or repeats occurs once. */
export interface Recurrence {
  /** Returns the next time after the given one; null when there is none. */
  readonly next: (after: Date) => Date | null;
}

type ParsedCron =
  { readonly ok: true; readonly recurrence: Recurrence } | { readonly ok: false; readonly problem: string };

/** How far to look behind a time that the library returns although it is not after the given one. */
const STEP_MS = 60_000;
const STEPS = 180;

/** By how much clocks are set forward, in ms. */
const HOUR_MS = 3_600_000;

/** Returns the next time, which is strictly in the future even where the clock is changed for daylight saving. */
function nextAfter(cron: Cron, after: Date): Date | null {
  const next = inFuture(cron, after);
  const isSoon = next !== null && next.getTime() <= after.getTime() + HOUR_MS;
  return isSoon ? next : (skippedAfter(cron, after) ?? next);
}

/**
 * Returns a time that a clock change has skipped, and that therefore occurs up to an hour later. The library only finds it when it
 * searches from a time before the change; an engine may have been started since.
 */
function skippedAfter(cron: Cron, after: Date): Date | null {
  let from = new Date(after.getTime() - HOUR_MS);
  for (let step = 0; step < STEPS; step++) {
    const next = cron.nextRun(from);
    if (next === null || next.getTime() <= from.getTime()) return null;
    if (next.getTime() > after.getTime()) return next.getTime() <= after.getTime() + HOUR_MS ? next : null;
    from = next;
  }
  return null;
}

function inFuture(cron: Cron, after: Date): Date | null {
  let from = after;
  for (let step = 0; step < STEPS; step++) {
    const next = cron.nextRun(from);
    if (next === null || next.getTime() > after.getTime()) return next;
    from = new Date(from.getTime() + STEP_MS);
  }
  return null;
}

/**
 * Parses a cron expression in the dialect of docs/configuration.md: five fields, or six when it begins with seconds.
 * @param timeZone null for the local one
 */
export function parseCron(expression: string, timeZone: string | null = null): ParsedCron {
  const problem = cronProblem(expression);
  if (problem !== null) return { ok: false, problem };
  try {
    const cron = new Cron(withoutQuestionMarks(expression), {
      mode: '5-or-6-parts',
      ...(timeZone === null ? {} : { timezone: timeZone }),
    });
    if (cron.nextRun() === null) return { ok: false, problem: 'this time never occurs' };
    return { ok: true, recurrence: { next: (after) => nextAfter(cron, after) } };
  } catch (error) {
    const message = messageOf(error);
    return { ok: false, problem: message.replace(/^CronPattern: /, '') };
  }
}
