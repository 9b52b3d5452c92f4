import type { DeliveryFailure } from '../../protocol/alert-delivery.ts';

/** The health of a channel. Times are wall clock, in ms. */
export interface ChannelHealth {
  readonly failingSince: number | null;
  /** Consecutive failed attempts. */
  readonly failures: number;
  readonly lastSentAt: number | null;
  readonly problem: string | null;
}

/** The failed attempts of one message, and the earliest time of the next. */
export interface MessageAttempts {
  readonly failures: number;
  /** How many of them ended without the confirmation of the server. */
  readonly unconfirmed?: number;
  readonly notBefore: number;
}

/** A channel without failures. */
export const HEALTHY: ChannelHealth = { failingSince: null, failures: 0, lastSentAt: null, problem: null };

/** Delays after failed attempts; the last repeats. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000];
/** Delays after a receiver refused a message: the cause has to be fixed first. */
export const REFUSED_RETRY_MS = [60_000, 300_000, 900_000, 3_600_000];
/** Delays after a server took a message and did not confirm it: each attempt may be a copy. */
const UNCONFIRMED_RETRY_MS = [10_000, 300_000, 1_800_000, 7_200_000, 21_600_000];
/** A receiver that asks for a longer pause is asked again after this time. */
const MAX_RETRY_AFTER_MS = 600_000;
/** A message is given up after this time. A late pop-up is useless. */
const GIVE_UP_MS = { email: 86_400_000, webhook: 86_400_000, desktop: 60_000 } as const;

/** The next step after an attempt. */
export type DeliveryVerdict =
  | { readonly next: 'delivered'; readonly health: ChannelHealth; readonly hasRecovered: boolean }
  /** The whole channel waits, or only this message. */
  | {
      readonly next: 'retry';
      readonly health: ChannelHealth;
      readonly tries: MessageAttempts;
      /** How long the whole channel waits, in ms. */
      readonly pauseMs: number;
      readonly began: boolean;
    }
  | { readonly next: 'give-up'; readonly health: ChannelHealth };

/**
 * Decides what to do after a delivery. `areOthersRefused`: other messages were refused, so the channel has not
 * recovered.
 */
export function afterDelivery(health: ChannelHealth, areOthersRefused: boolean, nowMs: number): DeliveryVerdict {
  if (areOthersRefused) {
    return { next: 'delivered', hasRecovered: false, health: { ...health, failures: 0, lastSentAt: nowMs } };
  }
  return {
    next: 'delivered',
    hasRecovered: health.failingSince !== null,
    health: { failingSince: null, failures: 0, lastSentAt: nowMs, problem: null },
  };
}

/** An attempt to deliver a message that failed. */
export interface FailedAttempt {
  readonly channel: keyof typeof GIVE_UP_MS;
  /** Earlier failed attempts of this message. */
  readonly tries: MessageAttempts;
  readonly failure: DeliveryFailure;
  /** When the message was written, wall clock in ms. */
  readonly writtenAt: number;
}

/** Decides what to do after a failed attempt. */
export function afterFailure(
  { channel, tries, failure, writtenAt }: FailedAttempt,
  health: ChannelHealth,
  nowMs: number,
): DeliveryVerdict {
  const failures = health.failures + 1;
  const failing: ChannelHealth = {
    ...health,
    failures,
    failingSince: health.failingSince ?? nowMs,
    problem: failure.message,
  };
  if (nowMs - writtenAt >= GIVE_UP_MS[channel] || failure.cause === 'unreadable') {
    return { next: 'give-up', health: failure.cause === 'unreadable' ? health : failing };
  }
  const began = health.failingSince === null;
  const messageFailures = tries.failures + 1;
  const askedMs = Math.min(failure.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  const pauseMs = failure.scope === 'message' ? askedMs : Math.max(askedMs, delayOf(RETRY_MS, failures));
  const unconfirmed = (tries.unconfirmed ?? 0) + (failure.cause === 'unconfirmed' ? 1 : 0);
  const delayMs = Math.max(pauseMs, ownDelay(failure, messageFailures, unconfirmed));
  const notBefore = nowMs + delayMs;
  const next =
    unconfirmed === 0
      ? { failures: messageFailures, notBefore }
      : { failures: messageFailures, unconfirmed, notBefore };
  return { next: 'retry', health: failing, tries: next, pauseMs, began };
}

/** Returns how long the message itself waits, besides the channel. */
function ownDelay({ cause, scope }: DeliveryFailure, failures: number, unconfirmed: number): number {
  if (cause === 'unconfirmed') return delayOf(UNCONFIRMED_RETRY_MS, unconfirmed);
  return scope === 'message' ? delayOf(REFUSED_RETRY_MS, failures) : 0;
}

/** Returns the delay after a number of failures; the last delay repeats. */
export function delayOf(delaysMs: readonly number[], failures: number): number {
  return delaysMs[Math.min(failures, delaysMs.length) - 1] ?? 0;
}
