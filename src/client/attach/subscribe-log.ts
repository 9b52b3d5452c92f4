import type { HealerError } from '../../protocol/errors.ts';
import type { OnMessage, StreamParams } from '../connection/streams.ts';
import type { ReconnectingClient } from './reconnecting-client.ts';

/** Whether an engine of an earlier version refused a request because it does not know the marks of runs. */
export function lacksMarks({ message, data }: HealerError): boolean {
  return /unrecognized key.*"marks"/i.test(typeof data['refusal'] === 'string' ? data['refusal'] : message);
}

/** Streams a log; if marks of runs are wanted and the engine is of an earlier version, without them. */
export function subscribeLog(
  client: Pick<ReconnectingClient, 'subscribe'>,
  { marks = false, ...params }: StreamParams<'log'>,
  onMessage: OnMessage<'log'>,
  onRefused: (error: HealerError) => void = () => undefined,
): { close(): void } {
  if (!marks) return client.subscribe('log', params, onMessage, { onRefused });
  let stream = client.subscribe('log', { ...params, marks }, onMessage, {
    onRefused: (error) => {
      if (!lacksMarks(error) || params.run !== undefined) onRefused(error);
      else stream = client.subscribe('log', params, onMessage, { onRefused });
    },
  });
  return { close: () => stream.close() };
}
