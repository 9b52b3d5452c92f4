import type { Alert } from '../../protocol/alert.ts';
import type { EventKind } from '../../protocol/event-kinds.ts';

/** The state of the rate limit for one kind of event of one program. Times are those of the queue, in ms. */
export interface Tally {
  readonly process: string | null;
  readonly kind: EventKind;
  readonly acceptedAt: number;
  readonly seenAt: number;
  readonly heldBack: number;
  /** The alerts that passed since the first, without a calm hour in between. Absent in states of an earlier version. */
  readonly repeats?: number;
  /** The last alert that was held back, for a summary. */
  readonly latest?: Alert;
  /** During maintenance: when it ends. */
  readonly mutedUntil?: number;
}

export type Tallies = Readonly<Record<string, Tally>>;

/** Beyond this number the oldest are dropped. */
const MAX_TALLIES = 5_000;
/** Dropped alerts are counted for this long. */
const REMEMBERED_MS = 86_400_000;
/** A program without a fault for this long starts over with the shortest window. */
export const CALM_MS = 3_600_000;
/** The longest window: a program that never stops failing is reported once a day. */
const MAX_WINDOW_MS = 86_400_000;
/** Kinds after which healer does nothing more, so that their alerts must not wait. */
const FINAL: readonly EventKind[] = ['failed'];

/** Returns the time since `sinceMs`. A time in the future (the clock was set back) counts as long ago. */
export function elapsedMs(sinceMs: number, nowMs: number): number {
  return nowMs < sinceMs ? Infinity : nowMs - sinceMs;
}

/** Returns for how long further alerts are held back, in ms. It doubles from the third alert on. */
export function windowOf({ kind, repeats = 0 }: Pick<Tally, 'kind' | 'repeats'>, baseMs: number): number {
  if (FINAL.includes(kind)) return baseMs;
  return Math.max(baseMs, Math.min(baseMs * 2 ** Math.max(0, repeats - 1), MAX_WINDOW_MS));
}

/** What the rate limit depends on besides the alerts before. */
export interface RateLimit {
  readonly windowMs: number;
  readonly nowMs: number;
  /** During maintenance of the program: how long it lasts. */
  readonly mutedMs?: number | null;
}

/**
 * Lets one alert per kind, program and window through; returns null for the others. An alert that passes carries the
 * number of dropped alerts about its program, of any kind. An alert that repeats restarts the windows of all kinds of its program.
 */
export function limitRate(
  tallies: Record<string, Tally>,
  kind: EventKind,
  alert: Alert,
  { windowMs, nowMs, mutedMs = null }: RateLimit,
): Alert | null {
  const key = `${kind} ${alert.process ?? ''}`;
  const before = tallies[key];
  const isCalm = before === undefined || elapsedMs(before.seenAt, nowMs) >= Math.max(CALM_MS, windowMs);
  const isWithin = !isCalm && elapsedMs(before.acceptedAt, nowMs) < windowOf(before, windowMs);
  if (isWithin || mutedMs !== null) {
    const tally = before ?? { process: alert.process, kind, acceptedAt: 0, heldBack: 0, repeats: 0 };
    const muted = mutedMs === null ? {} : { mutedUntil: nowMs + mutedMs };
    tallies[key] = { ...tally, ...muted, seenAt: nowMs, heldBack: tally.heldBack + 1, latest: alert };
    return null;
  }
  const repeats = isCalm ? 0 : (before.repeats ?? 0) + 1;
  const heldBack = clearTallies(tallies, alert.process, repeats, nowMs);
  tallies[key] = { process: alert.process, kind, acceptedAt: nowMs, seenAt: nowMs, heldBack: 0, repeats };
  return { ...alert, heldBack };
}

/** Records an alert that is part of another one of its program. Returns how many of its kind were held back before. */
export function joinTally(tallies: Record<string, Tally>, kind: EventKind, process: string, nowMs: number): number {
  const key = `${kind} ${process}`;
  const heldBack = tallies[key]?.heldBack ?? 0;
  const repeats = tallies[key]?.repeats ?? 0;
  tallies[key] = { process, kind, acceptedAt: nowMs, seenAt: nowMs, heldBack: 0, repeats };
  return heldBack;
}

/** Resets what was held back about a program, which a message reports now. Returns the number of alerts. */
export function clearTallies(
  tallies: Record<string, Tally>,
  process: string | null,
  repeats: number,
  nowMs: number,
): number {
  let heldBack = 0;
  for (const [name, tally] of Object.entries(tallies)) {
    if (tally.process !== process) continue;
    heldBack += tally.heldBack;
    const restarted = { acceptedAt: nowMs, repeats: Math.max(tally.repeats ?? 0, repeats) };
    const isRestarted = repeats > 0 && !FINAL.includes(tally.kind);
    tallies[name] = { ...withoutLatest(tally), heldBack: 0, ...(isRestarted ? restarted : {}) };
  }
  return heldBack;
}

/** Returns a tally whose alerts are counted only. */
export function withoutLatest({ process, kind, acceptedAt, seenAt, heldBack, repeats }: Tally): Tally {
  return { process, kind, acceptedAt, seenAt, heldBack, ...(repeats === undefined ? {} : { repeats }) };
}

/** Drops tallies that no longer matter, so that the state stays small. */
export function pruneTallies(tallies: Tallies, windowMs: number, nowMs: number): Record<string, Tally> {
  const kept = Object.entries(tallies).filter(([, { seenAt, heldBack, repeats }]) => {
    const age = elapsedMs(seenAt, nowMs);
    const isRecent = age < windowMs || (repeats !== undefined && age < CALM_MS);
    return isRecent || (heldBack > 0 && age < REMEMBERED_MS);
  });
  const newest = kept.sort(([, a], [, b]) => b.seenAt - a.seenAt).slice(0, MAX_TALLIES);
  return Object.fromEntries(newest);
}
