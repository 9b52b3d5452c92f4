import type { Connection, Subscription } from '../connection/connection.ts';
import { resumeAfter, unseenEvents } from './event-progress.ts';
import type { OnMessage, StreamName, StreamParams } from '../connection/streams.ts';

/** Starts a stream on a connection: the first time as asked for, later from where it was cut off. */
export type AttachStream = (connection: Connection) => Promise<Subscription>;

type AttachFactory<N extends StreamName> = (params: StreamParams<N>, onMessage: OnMessage<N>) => AttachStream;

/** What going on after a cut means for each stream. */
export const RESUMABLE_STREAMS: { readonly [N in StreamName]: AttachFactory<N> } = {
  /** A new connection starts with the whole table again. */
  snapshot: (params, onMessage) => (connection) => connection.subscribe('snapshot', params, onMessage),
  events: resumableEvents,
  log: resumableLog,
};

function resumableEvents(params: StreamParams<'events'>, onMessage: OnMessage<'events'>): AttachStream {
  let progress = params.afterSeq ?? null;
  return async (connection) => {
    const [newest] = await connection.api.events({ limit: 1 });
    let reached = resumeAfter(progress, newest?.seq ?? 0);
    progress = reached;
    return connection.subscribe('events', { ...params, afterSeq: reached }, (message) => {
      const { fresh, progress: next } = unseenEvents(message.events, reached);
      reached = next;
      progress = next;
      if (fresh.length > 0 || message.missed > 0) onMessage({ ...message, events: fresh });
    });
  };
}

/** Each message says where the next subscription has to go on, even under another engine. */
function resumableLog(params: StreamParams<'log'>, onMessage: OnMessage<'log'>): AttachStream {
  let after = params.after;
  return (connection) =>
    connection.subscribe('log', after === undefined ? params : { ...params, after }, (message) => {
      after = message.cursor;
      onMessage(message);
    });
}
