import type { Connection, Subscription } from '../connection/connection.ts';
import { resumeAfter, unseenEvents } from './event-progress.ts';
import type { OnMessage, StreamName, StreamParams } from '../connection/streams.ts';

/** Starts a stream on a connection: the first time as requested, later from where it was interrupted. */
export type AttachStream = (connection: Connection) => Promise<Subscription>;

type AttachFactory<N extends StreamName> = (params: StreamParams<N>, onMessage: OnMessage<N>) => AttachStream;

/** How each stream resumes after a lost connection. */
export const RESUMABLE_STREAMS: { readonly [N in StreamName]: AttachFactory<N> } = {
  /** Starts again with the whole table. */
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
      return fresh.length > 0 || message.missed > 0 ? onMessage({ ...message, events: fresh }) : undefined;
    });
  };
}

/** Each message contains a cursor to resume from, which is valid even for another engine process. */
function resumableLog(params: StreamParams<'log'>, onMessage: OnMessage<'log'>): AttachStream {
  let after = params.after;
  return (connection) =>
    connection.subscribe('log', after === undefined ? params : { ...params, after }, (message) => {
      after = message.cursor;
      return onMessage(message);
    });
}
