import type { MethodName, Params } from '../../protocol/methods/methods.ts';
import type { NotificationName, Notifications } from '../../protocol/notifications.ts';

/** Which request starts which stream. */
export const SUBSCRIBE_METHODS = {
  snapshot: 'subscribeSnapshot',
  events: 'subscribeEvents',
  log: 'subscribeLog',
} as const satisfies Record<NotificationName, MethodName>;

export type StreamName = NotificationName;
export type StreamParams<N extends StreamName> = Params<(typeof SUBSCRIBE_METHODS)[N]>;
export type StreamMessage<N extends StreamName> = Notifications[N];
export type OnMessage<N extends StreamName> = (message: StreamMessage<N>) => void;

/** Whether a notification belongs to a stream that this client knows. */
export function isStreamName(value: unknown): value is StreamName {
  return typeof value === 'string' && Object.hasOwn(SUBSCRIBE_METHODS, value);
}
