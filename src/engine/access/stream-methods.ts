import type { MethodName } from '../../protocol/methods/methods.ts';
import type { NotificationName } from '../../protocol/notifications.ts';

/** The method that opens each stream: it names the parameters and the access that the stream requires. */
export const STREAM_METHODS = {
  snapshot: 'subscribeSnapshot',
  events: 'subscribeEvents',
  log: 'subscribeLog',
} as const satisfies Record<NotificationName, MethodName>;

const STREAMS = Object.keys(STREAM_METHODS) as NotificationName[];

/** Returns the stream that a method opens; undefined for the methods that open none. */
export function streamOf(method: MethodName): NotificationName | undefined {
  return STREAMS.find((name) => STREAM_METHODS[name] === method);
}
