import { formatDuration } from '../../base/duration.ts';
import type { Alert } from '../../protocol/alert.ts';
import { elapsedMs } from './rate-limit.ts';
import type { ProgramFacts } from './summaries.ts';

/** A program about which an alert was sent, until it is stable again. Times are those of the queue, in ms. */
export interface Recovery {
  /** When its first alert was sent, ISO 8601. */
  readonly since: string;
  /** The number of its alerts. */
  readonly alerts: number;
  /** The id of its last alert. */
  readonly lastId: string;
  readonly dueAt: number;
}

export type Recoveries = Readonly<Record<string, Recovery>>;

/** A program has recovered once it has been up without a fault for this long. */
const STABLE_MS = 600_000;

/** Records an alert about a program. One that is not sent only delays the recovery. */
export function recordFault(recoveries: Record<string, Recovery>, alert: Alert, isSent: boolean, nowMs: number): void {
  const { process, id, time } = alert;
  if (process === null) return;
  const before = recoveries[process];
  if (before === undefined && !isSent) return;
  const { since, alerts } = before ?? { since: time, alerts: 0 };
  recoveries[process] = { since, alerts: alerts + 1, lastId: id, dueAt: nowMs + STABLE_MS };
}

/** The recoveries that are due. */
export interface DueRecoveries {
  readonly recoveries: Recoveries;
  readonly alerts: readonly Alert[];
}

/** Returns an alert for each program that has been stable for long enough. `time`: the wall clock, ISO 8601. */
export function takeRecoveries(
  recoveries: Recoveries,
  { nowMs, time }: { readonly nowMs: number; readonly time: string },
  { conditionOf, nameOf }: Pick<ProgramFacts, 'conditionOf'> & { readonly nameOf: (process: string) => string },
): DueRecoveries {
  const draft: Record<string, Recovery> = {};
  const alerts: Alert[] = [];
  for (const [process, recovery] of Object.entries(recoveries)) {
    const isDue = recovery.dueAt <= nowMs || elapsedMs(recovery.dueAt - STABLE_MS, nowMs) === Infinity;
    const condition = isDue ? conditionOf(process) : null;
    // A program that was stopped on purpose has not recovered.
    if (condition?.is === 'off') continue;
    if (condition?.is === 'up' && condition.forMs >= STABLE_MS) {
      alerts.push(alertAbout(process, nameOf(process), recovery, time));
      continue;
    }
    const waitMs = condition?.is === 'up' ? STABLE_MS - condition.forMs : STABLE_MS;
    draft[process] = isDue ? { ...recovery, dueAt: nowMs + waitMs } : recovery;
  }
  return { recoveries: draft, alerts };
}

/** Returns the time until the next program may have recovered, in ms; null if there is none. */
export function nextRecoveryMs(recoveries: Recoveries, nowMs: number): number | null {
  const times = Object.values(recoveries).map((recovery) => recovery.dueAt);
  return times.length === 0 ? null : Math.max(0, Math.min(...times) - nowMs);
}

function alertAbout(process: string, subject: string, recovery: Recovery, time: string): Alert {
  return {
    id: `${recovery.lastId}-recovered`,
    kind: 'recovered',
    subject,
    process,
    pid: null,
    time,
    reason: `up without a fault for ${formatDuration(STABLE_MS)}`,
    facts: [
      ['First alert', recovery.since],
      ['Alerts', String(recovery.alerts)],
    ],
    done: [],
    next: 'Nothing more, unless it happens again.',
    heldBack: 0,
  };
}
