import type { MethodName, Params } from '../../protocol/methods/methods.ts';
import type { NotificationName, Notifications } from '../../protocol/notifications.ts';

/** The method that starts each stream. */
export const SUBSCRIBE_METHODS = {
  snapshot: 'subscribeSnapshot',
  events: 'subscribeEvents',
  log: 'subscribeLog',
} as const satisfies Record<NotificationName, MethodName>;

/** The name of a stream. */
export type StreamName = NotificationName;
/** The parameters of a stream's subscription. */
export type StreamParams<N extends StreamName> = Params<(typeof SUBSCRIBE_METHODS)[N]>;
/** A message of a stream. */
export type StreamMessage<N extends StreamName> = Notifications[N];
/** Receives the messages of a stream. While a promise that it returns is pending, the connection reads no further message. */
export type OnMessage<N extends StreamName> = (message: StreamMessage<N>) => unknown;

/** Returns whether a value is the name of a stream. */
export function isStreamName(value: unknown): value is StreamName {
  return typeof value === 'string' && Object.hasOwn(SUBSCRIBE_METHODS, value);
}
