import type { DeliveryFailure } from '../../protocol/alert-delivery.ts';

/** How a channel does. Times are wall clock, in ms. */
export interface ChannelHealth {
  readonly failingSince: number | null;
  /** Failed tries in a row. */
  readonly failures: number;
  readonly lastSentAt: number | null;
  readonly problem: string | null;
}

/** How the delivery of one message goes. */
export interface MessageAttempts {
  readonly failures: number;
  readonly notBefore: number;
}

/** A channel of which nothing bad is known. */
export const HEALTHY: ChannelHealth = { failingSince: null, failures: 0, lastSentAt: null, problem: null };

/** From one failed try to the next; the last repeats. */
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000];
/** A message that its receiver refuses is tried less often: somebody has to change something first. */
const REFUSED_RETRY_MS = [60_000, 300_000, 900_000, 3_600_000];
/** A message that could not be delivered for so long is given up. A pop-up that comes late helps nobody. */
const GIVE_UP_MS = { email: 86_400_000, webhook: 86_400_000, desktop: 60_000 } as const;

/** What follows a try. */
export type DeliveryVerdict =
  | { readonly next: 'delivered'; readonly health: ChannelHealth; readonly hasRecovered: boolean }
  /** The channel rests for a while, or this message alone does. */
  | { readonly next: 'retry'; readonly health: ChannelHealth; readonly tries: MessageAttempts; readonly began: boolean }
  | { readonly next: 'give-up'; readonly health: ChannelHealth };

/** `areOthersRefused`: messages wait that were refused one by one, so that not all is well yet. */
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

/** Decides what follows a failed try. `writtenAt` is when the message was written. */
export function afterFailure(
  channel: keyof typeof GIVE_UP_MS,
  health: ChannelHealth,
  tries: MessageAttempts,
  failure: DeliveryFailure,
  writtenAt: number,
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
