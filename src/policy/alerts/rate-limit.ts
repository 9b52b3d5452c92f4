import type { Alert } from '../../protocol/alert.ts';
import type { EventKind } from '../../protocol/event-kinds.ts';

/** The state of the rate limit for one kind of event of one program. Times are those of the queue, in ms. */
export interface Tally {
  readonly process: string | null;
  readonly kind: EventKind;
  readonly acceptedAt: number;
  readonly seenAt: number;
  readonly heldBack: number;
}

export type Tallies = Readonly<Record<string, Tally>>;

/** Beyond this number the oldest are dropped. */
const MAX_TALLIES = 5_000;
/** Dropped alerts are counted for this long. */
const REMEMBERED_MS = 86_400_000;

/** Returns the time since `sinceMs`. A time in the future (the clock was set back) counts as long ago. */
export function elapsedMs(sinceMs: number, nowMs: number): number {
  return nowMs < sinceMs ? Infinity : nowMs - sinceMs;
}

/**
 * Lets one alert per kind, program and window through; returns null for the others. An alert that passes carries the
 * number of dropped alerts about its program, of any kind.
 */
export function limitRate(
  tallies: Record<string, Tally>,
  kind: EventKind,
  alert: Alert,
  { windowMs, nowMs }: { readonly windowMs: number; readonly nowMs: number },
): Alert | null {
  const key = `${kind} ${alert.process ?? ''}`;
  const before = tallies[key];
  if (before !== undefined && elapsedMs(before.acceptedAt, nowMs) < windowMs) {
    tallies[key] = { ...before, seenAt: nowMs, heldBack: before.heldBack + 1 };
    return null;
  }
  const own = Object.entries(tallies).filter(([, tally]) => tally.heldBack > 0 && tally.process === alert.process);
  for (const [name, tally] of own) tallies[name] = { ...tally, heldBack: 0 };
  tallies[key] = { process: alert.process, kind, acceptedAt: nowMs, seenAt: nowMs, heldBack: 0 };
  return { ...alert, heldBack: own.reduce((sum, [, { heldBack }]) => sum + heldBack, 0) };
}

/** Drops tallies that no longer matter, so that the state stays small. */
export function pruneTallies(tallies: Tallies, windowMs: number, nowMs: number): Record<string, Tally> {
  const kept = Object.entries(tallies).filter(([, { seenAt, heldBack }]) => {
    const age = elapsedMs(seenAt, nowMs);
    return age < windowMs || (heldBack > 0 && age < REMEMBERED_MS);
  });
  const newest = kept.sort(([, a], [, b]) => b.seenAt - a.seenAt).slice(0, MAX_TALLIES);
  return Object.fromEntries(newest);
}
