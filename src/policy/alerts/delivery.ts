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
  readonly notBefore: number;
}

/** A channel without failures. */
export const HEALTHY: ChannelHealth = { failingSince: null, failures: 0, lastSentAt: null, problem: null };

/** Delays after failed attempts; the last repeats. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000];
/** Delays after a receiver refused a message: the cause has to be fixed first. */
const REFUSED_RETRY_MS = [60_000, 300_000, 900_000, 3_600_000];
/** A message is given up after this time. A late pop-up is useless. */
const GIVE_UP_MS = { email: 86_400_000, webhook: 86_400_000, desktop: 60_000 } as const;

/** The next step after an attempt. */
export type DeliveryVerdict =
  | { readonly next: 'delivered'; readonly health: ChannelHealth; readonly hasRecovered: boolean }
  /** The whole channel waits, or only this message. */
  | { readonly next: 'retry'; readonly health: ChannelHealth; readonly tries: MessageAttempts; readonly began: boolean }
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
  const delayMs =
    failure.scope === 'message' ? delayOf(REFUSED_RETRY_MS, messageFailures) : delayOf(RETRY_MS, failures);
  return { next: 'retry', health: failing, tries: { failures: messageFailures, notBefore: nowMs + delayMs }, began };
}

function delayOf(delaysMs: readonly number[], failures: number): number {
  return delaysMs[Math.min(failures, delaysMs.length) - 1] ?? 0;
}
