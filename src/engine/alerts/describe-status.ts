import type { ChannelSettings } from '../../protocol/alert-delivery.ts';
import type { AlertsStatus } from '../../protocol/snapshot.ts';
import type { ChannelQueue } from './channel-queue.ts';

/** Returns the status of the channels, given the queues of those that are configured. */
export function describeStatus(
  channels: ChannelSettings | null,
  queues: readonly ChannelQueue[],
  problem: string | null,
): AlertsStatus {
  const health = queues.map((queue) => queue.health);
  const times = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  return {
    channels: channels === null ? [] : describeChannels(channels),
    lastSentAt: isoOf(Math.max(...times(health.map(({ lastSentAt }) => lastSentAt)))),
    waiting: queues.reduce((sum, queue) => sum + queue.waiting, 0),
    failingSince: isoOf(Math.min(...times(health.map(({ failingSince }) => failingSince)))),
    problem: problem ?? health.find((each) => each.problem !== null)?.problem ?? null,
    problems: [...new Set(health.flatMap((each) => (each.problem === null ? [] : [each.problem])))],
    sending: queues.find(({ stage }) => stage !== null)?.stage ?? null,
    refused: queues.flatMap(({ refused }) =>
      [...refused].map(([address, { since, answer }]) => ({ address, since: new Date(since).toISOString(), answer })),
    ),
  };
}

/** Omits what may be secret: of a webhook, only the host is shown. */
function describeChannels({ email, webhook, desktop }: ChannelSettings): string[] {
  return [
    ...(email === null ? [] : [`mail to ${email.receivers.join(', ')}`]),
    ...(webhook === null ? [] : [`webhook at ${new URL(webhook.url).host}`]),
    ...(desktop === null ? [] : [`desktop notifications${desktop.user === undefined ? '' : ` to ${desktop.user}`}`]),
  ];
}

/** Returns a time as ISO 8601; null if it is not finite. */
export function isoOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null;
}
