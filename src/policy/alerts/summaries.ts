import { type Alert, ALERT_KINDS } from '../../protocol/alert.ts';
import { CALM_MS, clearTallies, elapsedMs, type Tallies, type Tally, windowOf, withoutLatest } from './rate-limit.ts';

/** `up`: running, and not unhealthy. `off`: stopped on purpose, finished, or no longer defined. `down`: anything else. */
export type Condition = { readonly is: 'up'; readonly forMs: number } | { readonly is: 'down' | 'off' };

/** What is known about programs. */
export interface ProgramFacts {
  readonly conditionOf: (process: string) => Condition;
  /** Returns how long the maintenance of a program lasts, in ms; null without maintenance. */
  readonly maintenanceOf: (process: string) => number | null;
}

/** Alerts that were held back are summarized at the earliest after this time, unless another alert reports them. */
const MIN_WAIT_MS = 600_000;

/** Returns when alerts that were held back are due for a summary, in the time of the queue; null if there are none. */
function dueAt(tally: Tally, windowMs: number): number | null {
  if (tally.heldBack === 0 || tally.latest === undefined) return null;
  if (tally.mutedUntil !== undefined) return tally.mutedUntil;
  const windowEnd = tally.acceptedAt + Math.max(windowOf(tally, windowMs), MIN_WAIT_MS);
  return Math.min(windowEnd, tally.seenAt + CALM_MS);
}

/** Returns the time until the next summary is due, in ms; null if no alert was held back. */
export function nextSummaryMs(tallies: Tallies, windowMs: number, nowMs: number): number | null {
  const times = Object.values(tallies).flatMap((tally) => dueAt(tally, windowMs) ?? []);
  return times.length === 0 ? null : Math.max(0, Math.min(...times) - nowMs);
}

/** The summaries that are due, and the tallies without what they report. */
export interface Summaries {
  readonly tallies: Tallies;
  readonly alerts: readonly Alert[];
}

/**
 * Returns an alert for each program of which alerts were held back for long enough: it shows the last of them, and counts the
 * others. When one is due, those that are due soon come along, so that there are fewer messages.
 */
export function takeSummaries(
  tallies: Tallies,
  { windowMs, nowMs }: { readonly windowMs: number; readonly nowMs: number },
  facts: ProgramFacts,
): Summaries {
  const draft = { ...tallies };
  endMaintenance(draft, nowMs, facts);
  const waiting = Object.values(draft).filter(
    ({ heldBack, latest, mutedUntil }) => heldBack > 0 && latest !== undefined && mutedUntil === undefined,
  );
  const isDue = (tally: Tally): boolean =>
    (dueAt(tally, windowMs) ?? Infinity) <= nowMs || elapsedMs(tally.seenAt, nowMs) === Infinity;
  if (!waiting.some(isDue)) return { tallies: draft, alerts: [] };
  const soon = waiting.filter(
    (tally) => isDue(tally) || elapsedMs(tally.acceptedAt, nowMs) >= windowOf(tally, windowMs) / 2,
  );
  const programs = new Set(soon.map(({ process }) => process));
  return { tallies: draft, alerts: [...programs].map((process) => summaryOf(draft, process, nowMs)) };
}

/** After maintenance, only programs that are down are reported; the others have nothing that a person could do. */
function endMaintenance(draft: Record<string, Tally>, nowMs: number, facts: ProgramFacts): void {
  for (const [name, tally] of Object.entries(draft)) {
    if (tally.mutedUntil === undefined || tally.mutedUntil > nowMs) continue;
    const { process, latest } = tally;
    const leftMs = process === null ? null : facts.maintenanceOf(process);
    if (leftMs !== null) draft[name] = { ...tally, mutedUntil: nowMs + leftMs };
    else if (latest === undefined || process === null || facts.conditionOf(process).is !== 'down')
      draft[name] = withoutLatest(tally);
    // Long ago, so that it is due now.
    else draft[name] = { ...withoutLatest(tally), latest, acceptedAt: 0 };
  }
}

function summaryOf(draft: Record<string, Tally>, process: string | null, nowMs: number): Alert {
  const own = Object.values(draft).filter((tally) => tally.process === process);
  const counts = own.flatMap(({ heldBack, latest }) =>
    heldBack === 0 || latest === undefined ? [] : [`${String(heldBack)} × ${ALERT_KINDS[latest.kind]}`],
  );
  const alerts = own.flatMap(({ latest }) => latest ?? []);
  const newest = alerts.toSorted((a, b) => Number.parseInt(a.id, 10) - Number.parseInt(b.id, 10)).at(-1);
  if (newest === undefined) throw new Error('nothing was held back');
  const repeats = Math.max(...own.map((tally) => tally.repeats ?? 0)) + 1;
  const heldBack = clearTallies(draft, process, repeats, nowMs);
  return { ...newest, facts: [...newest.facts, ['Since the last alert', counts.join(', ')]], heldBack: heldBack - 1 };
}
