import type { Alert } from '../../protocol/alert.ts';
import type { EngineEvent } from '../../protocol/engine-event.ts';
import { followUpOf } from './alert-of.ts';
import { sentenceAfter } from './next-steps.ts';
import { elapsedMs, type Tallies } from './rate-limit.ts';

/** An alert that has not been written yet. */
export interface WaitingAlert {
  readonly alert: Alert;
  readonly readyAt: number;
  /** Whether an alert of this kind about the program was sent not long ago, so that this one may wait for others. */
  readonly isRepeat?: boolean;
  /** Whether it waits for the end of quiet hours. */
  readonly isQuiet?: boolean;
}

/** An alert waits this long for the response to its fault, the last output, and faults of other programs. */
export const COALESCE_MS = 100;
/** Further alerts are dropped and counted. */
export const MAX_WAITING = 2_000;
/** An alert lists this many responses; of more, those in the middle are left out. */
const MAX_RESPONSES = 10;

/** Adds an alert. In quiet hours and storms, alerts of the same kind about a program become one, so that a whole night has room. */
export function addWaiting(
  draft: { readonly waiting: WaitingAlert[]; readonly isStorm: boolean; overflow: number },
  entry: WaitingAlert,
): void {
  const { process, kind } = entry.alert;
  const isMerged = entry.isQuiet === true || (draft.isStorm && entry.isRepeat === true);
  const index = isMerged
    ? draft.waiting.findIndex(({ alert }) => alert.process === process && alert.kind === kind)
    : -1;
  const before = draft.waiting[index];
  if (before !== undefined) {
    const heldBack = before.alert.heldBack + entry.alert.heldBack + 1;
    const { id, done } = before.alert;
    // The id of the first decides the order of messages.
    draft.waiting[index] = { ...before, alert: { ...entry.alert, id, done, heldBack } };
  } else if (draft.waiting.length < MAX_WAITING) draft.waiting.push(entry);
  else draft.overflow += 1 + entry.alert.heldBack;
}

/** Adds a response to the waiting alerts about its fault. Returns whether the program has just had a fault. */
export function addResponse(
  draft: { readonly waiting: WaitingAlert[]; readonly tallies: Tallies },
  event: EngineEvent,
  nowMs: number,
): boolean {
  const { process } = event;
  const next = sentenceAfter(event);
  for (const [index, entry] of draft.waiting.entries()) {
    const { alert } = entry;
    if (alert.process !== process) continue;
    const sentence = followUpOf(event, alert);
    const isNew = alert.reason !== sentence && !alert.done.includes(sentence);
    const done = isNew ? withResponse(alert.done, sentence) : alert.done;
    draft.waiting[index] = { ...entry, alert: { ...alert, done, next: next ?? alert.next } };
  }
  return Object.values(draft.tallies).some(
    (tally) => tally.process === process && elapsedMs(tally.seenAt, nowMs) < COALESCE_MS,
  );
}

function withResponse(done: readonly string[], sentence: string): readonly string[] {
  if (done.length < MAX_RESPONSES) return [...done, sentence];
  return [...done.slice(0, 4), '…', ...done.slice(-4), sentence];
}
