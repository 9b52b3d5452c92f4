import type { Alert, DigestCause } from '../../protocol/alert.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { EventKind } from '../../protocol/event-kinds.ts';
import { alertOf, type AlertSubject, followUpOf, isFollowUp } from './alert-of.ts';
import { elapsedMs, joinTally, limitRate, pruneTallies, type Tallies, type Tally } from './rate-limit.ts';
import { recordFault, type Recoveries, type Recovery } from './recoveries.ts';
import { addResponse, addWaiting, COALESCE_MS, MAX_WAITING, type WaitingAlert } from './waiting-alerts.ts';

/**
 * The state that decides which alerts are sent and when. Plain data, stored on disk. Times are in ms, by the wall clock at the start
 * of the engine and the monotonic clock from then on.
 */
export interface AlertQueue {
  /** Sequence number of the last event that was considered. */
  readonly lastSeq: number;
  readonly tallies: Tallies;
  /** When each program last had an alert; counts the failing programs. */
  readonly failing: Readonly<Record<string, number>>;
  readonly waiting: readonly WaitingAlert[];
  /** The digests of the current storm; null if there is none. */
  readonly storm: { readonly digests: number; readonly lastAt: number } | null;
  /** The programs that have not recovered yet, if alerts about recovery are wanted. */
  readonly recoveries?: Recoveries;
  /** The number of alerts that were dropped because too many were waiting. */
  readonly overflow?: number;
}

/** A message that is ready to be written. */
export type Outgoing =
  | { readonly form: 'alert'; readonly alert: Alert }
  | { readonly form: 'digest'; readonly id: string; readonly alerts: readonly Alert[]; readonly cause?: DigestCause };

/** More failing programs than this within the window are a storm, which is reported in digests. */
const STORM_PROGRAMS = 10;
const STORM_WINDOW_MS = 60_000;
/** Delays from one digest to the next; the last repeats. */
const DIGEST_GAPS_MS = [5_000, 15_000, 30_000, 60_000];
/** The same for digests that contain only repeated alerts. */
const REPEAT_GAPS_MS = [...DIGEST_GAPS_MS, 120_000, 300_000, 900_000, 1_800_000, 3_600_000];
/** The longest time that an alert waits for its release. */
export const LONGEST_WAIT_MS = 60_000 + COALESCE_MS;
/** A storm is over after this long without a digest. */
const CALM_MS = 300_000;
/** Older events cause no alert, for example after a long time without an engine. */
const STALE_MS = 86_400_000;

/** Returns an empty queue; events up to `lastSeq` count as considered. */
export function emptyAlertQueue(lastSeq: number): AlertQueue {
  return { lastSeq, tallies: {}, failing: {}, waiting: [], storm: null };
}

interface Draft {
  readonly tallies: Record<string, Tally>;
  readonly failing: Record<string, number>;
  readonly waiting: WaitingAlert[];
  readonly recoveries: Record<string, Recovery>;
  readonly isStorm: boolean;
  overflow: number;
}

/** What the alerts about an event depend on besides the event. */
export interface AlertContext {
  /** Returns the program that an event is about; null if it is no longer defined. */
  readonly subjectOf: (process: string) => AlertSubject | null;
  readonly rateLimitMs: number;
  /** The time of the queue, in ms. */
  readonly nowMs: number;
  /** The wall clock at the newest event of the engine that recorded the events, in ms; `nowMs` by default. */
  readonly newestMs?: number;
  /** Returns how long the maintenance of a program lasts, in ms; null without maintenance. */
  readonly maintenanceOf?: (process: string) => number | null;
  readonly isQuiet?: boolean;
  /** Whether alerts about recovery are wanted. */
  readonly sendsRecovery?: boolean;
}

/** Adds the alerts that events cause, unless the rate limit suppresses them. */
export function addAlertsFor(queue: AlertQueue, events: readonly EngineEvent[], context: AlertContext): AlertQueue {
  const { nowMs, newestMs = nowMs, sendsRecovery = false } = context;
  const draft: Draft = {
    tallies: { ...queue.tallies },
    failing: { ...queue.failing },
    waiting: [...queue.waiting],
    recoveries: { ...queue.recoveries },
    isStorm: queue.storm !== null,
    overflow: queue.overflow ?? 0,
  };
  let lastSeq = queue.lastSeq;
  for (const event of events) {
    if (event.seq <= lastSeq) continue;
    lastSeq = event.seq;
    if (newestMs - Date.parse(event.time) < STALE_MS) addAlertFor(draft, event, context);
  }
  const { recoveries, overflow, ...rest } = draft;
  return {
    ...queue,
    ...rest,
    ...(sendsRecovery ? { recoveries } : {}),
    ...(overflow > 0 ? { overflow } : {}),
    lastSeq,
  };
}

function addAlertFor(draft: Draft, event: EngineEvent, context: AlertContext): void {
  const { subjectOf, rateLimitMs, nowMs, maintenanceOf, isQuiet = false } = context;
  if (event.kind === 'released') endMaintenance(draft, event.process, nowMs);
  const isListed = isResponseListed(draft, event);
  const isReported = isFollowUp(event) && addResponse(draft, event, nowMs);
  // What observe mode would have done is part of the alert about the fault, even one that the rate limit dropped.
  if (isReported && event.kind === 'would-restart') return;
  const alert = alertOf(event, event.process === null ? null : subjectOf(event.process));
  if (alert === null) return;
  // A response that has an alert of its own, such as "gave up", is part of the alert about its cause while that waits.
  if (isFollowUp(event) && event.process !== null && joinCause(draft, event.kind, event.process, isListed, nowMs)) {
    recordFault(draft.recoveries, alert, true, nowMs);
    return;
  }
  const mutedMs = event.process === null ? null : (maintenanceOf?.(event.process) ?? null);
  // Without a rate limit, every alert is a message.
  const isRepeat = rateLimitMs > 0 && `${event.kind} ${alert.process ?? ''}` in draft.tallies;
  const accepted = limitRate(draft.tallies, event.kind, alert, { windowMs: rateLimitMs, nowMs, mutedMs });
  recordFault(draft.recoveries, alert, accepted !== null, nowMs);
  if (accepted === null) return;
  draft.failing[alert.process ?? ''] = nowMs;
  addWaiting(draft, { alert: accepted, readyAt: nowMs + COALESCE_MS, ...markOf(isRepeat, isQuiet) });
}

/** Returns whether the last waiting alert about the program lists a response of the same words. */
function isResponseListed({ waiting }: Draft, event: EngineEvent): boolean {
  if (!isFollowUp(event) || event.process === null) return false;
  const last = waiting.findLast(({ alert }) => alert.process === event.process)?.alert;
  return last !== undefined && [last.reason, ...last.done].includes(followUpOf(event, last));
}

/** Returns false if no alert about the program waits. */
function joinCause(
  { waiting, tallies }: Draft,
  kind: EventKind,
  process: string,
  isListed: boolean,
  nowMs: number,
): boolean {
  const index = waiting.findLastIndex(({ alert }) => alert.process === process);
  const cause = waiting[index];
  if (cause === undefined) return false;
  // One that repeats what the alert lists is counted.
  const heldBack = cause.alert.heldBack + joinTally(tallies, kind, process, nowMs) + (isListed ? 1 : 0);
  waiting[index] = { ...cause, alert: { ...cause.alert, heldBack } };
  return true;
}

function markOf(isRepeat: boolean, isQuiet: boolean): Pick<WaitingAlert, 'isRepeat' | 'isQuiet'> {
  return { ...(isRepeat ? { isRepeat } : {}), ...(isQuiet ? { isQuiet } : {}) };
}

/** Adds alerts that were not caused by an event just now, such as summaries. */
export function addAlerts(queue: AlertQueue, alerts: readonly Alert[], isQuiet: boolean, nowMs: number): AlertQueue {
  const draft = { waiting: [...queue.waiting], isStorm: queue.storm !== null, overflow: queue.overflow ?? 0 };
  for (const alert of alerts) addWaiting(draft, { alert, readyAt: nowMs, ...markOf(true, isQuiet) });
  const { waiting, overflow } = draft;
  return { ...queue, waiting, ...(overflow > 0 ? { overflow } : {}) };
}

/** What was held back about a program, or all of them, is due now: an operator ended the maintenance early. */
function endMaintenance({ tallies }: Draft, process: string | null, nowMs: number): void {
  for (const [name, tally] of Object.entries(tallies)) {
    if (tally.mutedUntil === undefined || (process !== null && tally.process !== process)) continue;
    tallies[name] = { ...tally, mutedUntil: nowMs };
  }
}

export interface Release {
  readonly queue: AlertQueue;
  readonly outgoing: readonly Outgoing[];
}

/** Returns what to send now: each alert by itself, or all of them in one digest during a storm. Nothing in quiet hours. */
export function release(queue: AlertQueue, rateLimitMs: number, nowMs: number, isQuiet = false): Release {
  const failing = Object.fromEntries(
    Object.entries(queue.failing).filter(([, at]) => elapsedMs(at, nowMs) < STORM_WINDOW_MS),
  );
  const isOver = queue.storm !== null && elapsedMs(queue.storm.lastAt, nowMs) >= calmAfter(queue.storm);
  const storm = isOver ? null : queue.storm;
  const isStorm = storm !== null || Object.keys(failing).length > STORM_PROGRAMS;
  const kept = { ...queue, failing, storm, tallies: pruneTallies(queue.tallies, rateLimitMs, nowMs) };
  if (isQuiet) return { queue: kept, outgoing: [] };
  const { queue: next, outgoing } = isStorm ? releaseDigest(kept, nowMs) : releaseReady(kept, nowMs);
  return outgoing.length === 0 ? { queue: next, outgoing } : withOverflow(next, outgoing);
}

/** A storm that continues for long has rare digests, so that it is over later. */
function calmAfter({ digests }: NonNullable<AlertQueue['storm']>): number {
  return Math.max(CALM_MS, 2 * gapAfter(REPEAT_GAPS_MS, digests));
}

/** Dropped alerts are counted by the next message. */
function withOverflow({ overflow = 0, ...queue }: AlertQueue, [first, ...rest]: readonly Outgoing[]): Release {
  if (first === undefined || overflow === 0) return { queue, outgoing: first === undefined ? [] : [first, ...rest] };
  const counted = (alert: Alert): Alert => ({ ...alert, heldBack: alert.heldBack + overflow });
  const message: Outgoing =
    first.form === 'alert'
      ? { ...first, alert: counted(first.alert) }
      : { ...first, alerts: first.alerts.map((alert, index) => (index === 0 ? counted(alert) : alert)) };
  return { queue, outgoing: [message, ...rest] };
}

/** Repeated alerts, and those that waited for the end of quiet hours, are combined. */
function releaseReady(queue: AlertQueue, nowMs: number): Release {
  const isReady = ({ readyAt, isQuiet }: WaitingAlert): boolean => isQuiet === true || isDue(readyAt, nowMs);
  const ready = queue.waiting.filter(isReady);
  const combined = ready.filter((entry) => entry.isRepeat === true || entry.isQuiet === true);
  const isCombined = combined.length > 1;
  const single = isCombined ? ready.filter((entry) => !combined.includes(entry)) : ready;
  const cause = combined.some((entry) => entry.isQuiet) ? 'quiet-hours' : 'repeats';
  return {
    queue: { ...queue, waiting: queue.waiting.filter((entry) => !isReady(entry)) },
    outgoing: [
      ...single.map(({ alert }): Outgoing => ({ form: 'alert', alert })),
      ...(isCombined ? [digestOf(combined, cause)] : []),
    ],
  };
}

function digestOf(entries: readonly WaitingAlert[], cause?: DigestCause): Outgoing {
  const alerts = entries.map(({ alert }) => alert);
  const id = `${alerts[0]?.id ?? ''}-digest`;
  return { form: 'digest', id, alerts, ...(cause === undefined ? {} : { cause }) };
}

function releaseDigest(queue: AlertQueue, nowMs: number): Release {
  const [first, ...rest] = queue.waiting;
  if (first === undefined || !isDigestDue(queue, nowMs)) return { queue, outgoing: [] };
  const storm = { digests: (queue.storm?.digests ?? 0) + 1, lastAt: nowMs };
  const cause = queue.waiting.some(({ isQuiet }) => isQuiet)
    ? 'quiet-hours'
    : queue.waiting.every(({ isRepeat }) => isRepeat)
      ? 'repeats'
      : undefined;
  return {
    // A single late alert does not prolong the storm.
    queue: { ...queue, waiting: [], storm: rest.length === 0 && queue.storm !== null ? queue.storm : storm },
    outgoing: [rest.length === 0 ? { form: 'alert', alert: first.alert } : digestOf(queue.waiting, cause)],
  };
}

/** Alerts that repeat wait longer than those that a person does not know yet. */
function gapsFor({ waiting }: AlertQueue): readonly number[] {
  return waiting.every(({ isRepeat }) => isRepeat === true) ? REPEAT_GAPS_MS : DIGEST_GAPS_MS;
}

function gapAfter(gapsMs: readonly number[], digests: number): number {
  return gapsMs[Math.min(digests, gapsMs.length) - 1] ?? 0;
}

function digestAt(queue: AlertQueue): number {
  const { waiting, storm } = queue;
  const readyAt = waiting[0]?.readyAt ?? 0;
  return storm === null ? readyAt : Math.max(readyAt, storm.lastAt + gapAfter(gapsFor(queue), storm.digests));
}

function isDigestDue(queue: AlertQueue, nowMs: number): boolean {
  return isDue(digestAt(queue), nowMs, gapsFor(queue).at(-1));
}

/** Puts messages that could not be written back into the queue, to be retried after `delayMs`. */
export function putBack(queue: AlertQueue, outgoing: readonly Outgoing[], delayMs: number, nowMs: number): AlertQueue {
  const alerts = outgoing.flatMap((out) => (out.form === 'alert' ? [out.alert] : out.alerts));
  const entries = alerts.map((alert) => ({ alert, readyAt: nowMs + delayMs }));
  return { ...queue, waiting: [...entries, ...queue.waiting].slice(0, MAX_WAITING) };
}

/** Returns the time until the next release, in ms; null if nothing waits. */
export function nextReleaseMs(queue: AlertQueue, nowMs: number): number | null {
  const [first] = queue.waiting;
  if (first === undefined) return null;
  const isCalm = queue.storm === null;
  const at = isCalm ? first.readyAt : digestAt(queue);
  const isReady = isCalm ? isDue(at, nowMs) || first.isQuiet === true : isDigestDue(queue, nowMs);
  return isReady ? 0 : at - nowMs;
}

/** Nothing waits longer than the longest delay: a later time means that the clock was set back. */
function isDue(atMs: number, nowMs: number, longestMs = DIGEST_GAPS_MS.at(-1) ?? 0): boolean {
  return nowMs >= atMs || atMs - nowMs > longestMs + COALESCE_MS;
}
