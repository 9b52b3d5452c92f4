import type { Alert } from '../../protocol/alert.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { alertOf, type AlertSubject, followUpOf, isFollowUp } from './alert-of.ts';
import { sentenceAfter } from './next-steps.ts';
import { elapsedMs, limitRate, pruneTallies, type Tallies, type Tally } from './rate-limit.ts';

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
  readonly waiting: readonly { readonly alert: Alert; readonly readyAt: number }[];
  /** The digests of the current storm; null if there is none. */
  readonly storm: { readonly digests: number; readonly lastAt: number } | null;
}

/** A message that is ready to be written. */
export type Outgoing =
  | { readonly form: 'alert'; readonly alert: Alert }
  | { readonly form: 'digest'; readonly id: string; readonly alerts: readonly Alert[] };

/** An alert waits this long for the response to its fault, the last output, and faults of other programs. */
const COALESCE_MS = 100;
/** More failing programs than this within the window are a storm, which is reported in digests. */
const STORM_PROGRAMS = 10;
const STORM_WINDOW_MS = 60_000;
/** Delays from one digest to the next; the last repeats. */
const DIGEST_GAPS_MS = [5_000, 15_000, 30_000, 60_000];
/** The longest time that an alert waits for its release. */
export const LONGEST_WAIT_MS = 60_000 + COALESCE_MS;
/** A storm is over after this long without a digest. */
const CALM_MS = 300_000;
/** Older events cause no alert, for example after a long time without an engine. */
const STALE_MS = 86_400_000;
/** Further alerts are dropped. */
const MAX_WAITING = 2_000;

/** Returns an empty queue; events up to `lastSeq` count as considered. */
export function emptyAlertQueue(lastSeq: number): AlertQueue {
  return { lastSeq, tallies: {}, failing: {}, waiting: [], storm: null };
}

interface Draft {
  readonly tallies: Record<string, Tally>;
  readonly failing: Record<string, number>;
  readonly waiting: AlertQueue['waiting'][number][];
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
}

/** Adds the alerts that events cause, unless the rate limit suppresses them. */
export function addAlertsFor(queue: AlertQueue, events: readonly EngineEvent[], context: AlertContext): AlertQueue {
  const { nowMs, newestMs = nowMs } = context;
  const draft: Draft = { tallies: { ...queue.tallies }, failing: { ...queue.failing }, waiting: [...queue.waiting] };
  let lastSeq = queue.lastSeq;
  for (const event of events) {
    if (event.seq <= lastSeq) continue;
    lastSeq = event.seq;
    if (newestMs - Date.parse(event.time) < STALE_MS) addAlertFor(draft, event, context);
  }
  return { ...queue, ...draft, lastSeq };
}

function addAlertFor(draft: Draft, event: EngineEvent, { subjectOf, rateLimitMs, nowMs }: AlertContext): void {
  const isReported = isFollowUp(event) && addFollowUp(draft, event, nowMs);
  // What observe mode would have done is part of the alert about the fault, even one that the rate limit dropped.
  if (isReported && event.kind === 'would-restart') return;
  const alert = alertOf(event, event.process === null ? null : subjectOf(event.process));
  if (alert === null) return;
  const accepted = limitRate(draft.tallies, event.kind, alert, { windowMs: rateLimitMs, nowMs });
  if (accepted === null || draft.waiting.length >= MAX_WAITING) return;
  draft.failing[alert.process ?? ''] = nowMs;
  draft.waiting.push({ alert: accepted, readyAt: nowMs + COALESCE_MS });
}

/** Adds a response to the waiting alerts about its fault. Returns whether the program has just had a fault. */
function addFollowUp(draft: Draft, event: EngineEvent, nowMs: number): boolean {
  const { process } = event;
  const next = sentenceAfter(event);
  for (const [index, entry] of draft.waiting.entries()) {
    const { alert } = entry;
    if (alert.process !== process) continue;
    const sentence = followUpOf(event, alert);
    const isNew = alert.reason !== sentence && !alert.done.includes(sentence);
    const done = isNew ? [...alert.done, sentence] : alert.done;
    draft.waiting[index] = { ...entry, alert: { ...alert, done, next: next ?? alert.next } };
  }
  return Object.values(draft.tallies).some(
    (tally) => tally.process === process && elapsedMs(tally.seenAt, nowMs) < COALESCE_MS,
  );
}

export interface Release {
  readonly queue: AlertQueue;
  readonly outgoing: readonly Outgoing[];
}

/** Returns what to send now: each alert by itself, or all of them in one digest during a storm. */
export function release(queue: AlertQueue, rateLimitMs: number, nowMs: number): Release {
  const failing = Object.fromEntries(
    Object.entries(queue.failing).filter(([, at]) => elapsedMs(at, nowMs) < STORM_WINDOW_MS),
  );
  const isOver = queue.storm !== null && elapsedMs(queue.storm.lastAt, nowMs) >= CALM_MS;
  const storm = isOver ? null : queue.storm;
  const isStorm = storm !== null || Object.keys(failing).length > STORM_PROGRAMS;
  const kept = { ...queue, failing, storm, tallies: pruneTallies(queue.tallies, rateLimitMs, nowMs) };
  return isStorm ? releaseDigest(kept, nowMs) : releaseReady(kept, nowMs);
}

function releaseReady(queue: AlertQueue, nowMs: number): Release {
  const isReady = ({ readyAt }: { readonly readyAt: number }): boolean => isDue(readyAt, nowMs);
  return {
    queue: { ...queue, waiting: queue.waiting.filter((entry) => !isReady(entry)) },
    outgoing: queue.waiting.filter(isReady).map(({ alert }) => ({ form: 'alert', alert })),
  };
}

function releaseDigest(queue: AlertQueue, nowMs: number): Release {
  const [first, ...rest] = queue.waiting.map(({ alert }) => alert);
  if (first === undefined || !isDue(digestAt(queue), nowMs)) return { queue, outgoing: [] };
  const storm = { digests: (queue.storm?.digests ?? 0) + 1, lastAt: nowMs };
  const id = `${first.id}-digest`;
  return {
    // A single late alert does not prolong the storm.
    queue: { ...queue, waiting: [], storm: rest.length === 0 && queue.storm !== null ? queue.storm : storm },
    outgoing: [rest.length === 0 ? { form: 'alert', alert: first } : { form: 'digest', id, alerts: [first, ...rest] }],
  };
}

function digestAt({ waiting, storm }: AlertQueue): number {
  const readyAt = waiting[0]?.readyAt ?? 0;
  if (storm === null) return readyAt;
  const gapMs = DIGEST_GAPS_MS[Math.min(storm.digests, DIGEST_GAPS_MS.length) - 1] ?? 0;
  return Math.max(readyAt, storm.lastAt + gapMs);
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
  const at = queue.storm === null ? first.readyAt : digestAt(queue);
  return isDue(at, nowMs) ? 0 : at - nowMs;
}

/** Nothing waits longer than the longest delay: a later time means that the clock was set back. */
function isDue(atMs: number, nowMs: number): boolean {
  return nowMs >= atMs || atMs - nowMs > (DIGEST_GAPS_MS.at(-1) ?? 0) + COALESCE_MS;
}
