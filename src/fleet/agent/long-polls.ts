import { setTimeout as wait } from 'node:timers/promises';
import type { Connection } from '../../client/connection/connection.ts';
import { HealerError } from '../../protocol/errors.ts';
import type { Notifications } from '../../protocol/notifications.ts';
import { isRecord } from '../../protocol/rpc.ts';
import type { EventPage, LogPage } from '../contract/answers.ts';
import type { EngineSessions, SessionOwner } from './engine-sessions.ts';

/** How long a request waits for something new. Shorter than a caller waits for an answer. */
const WAIT_MS = 8_000;
const MAX_POLLS = 128;

/** The streams that callers follow with one request for each page, so that none sends more than its caller reads. */
export class LongPolls {
  readonly #sessions: EngineSessions;
  readonly #waitMs: number;
  readonly #closing = new AbortController();
  #open = 0;

  constructor(sessions: EngineSessions, waitMs = WAIT_MS) {
    this.#sessions = sessions;
    this.#waitMs = waitMs;
  }

  /** Returns the next events, or none if there were none for 8 s. @throws HealerError as the stream does */
  events(owner: SessionOwner, params: unknown): Promise<EventPage> {
    return this.#poll(owner, async (connection, signal) => {
      const given = isRecord(params) ? params : {};
      const [newest] = await connection.api.events({ limit: 1 });
      const lastSeq = newest?.seq ?? 0;
      const { afterSeq: asked } = given;
      // Without a number, the caller wants what follows from now on, and learns where that is.
      if (asked === undefined) return { events: [], missed: 0, afterSeq: lastSeq };
      const message = await firstOf<Notifications['events']>(signal, (onMessage) =>
        connection.subscribe('events', { ...given }, onMessage),
      );
      if (message !== null) {
        const { events, missed } = message;
        return { events, missed, afterSeq: events.at(-1)?.seq ?? lastSeq };
      }
      // All events up to here were about other programs.
      return { events: [], missed: 0, afterSeq: Math.max(typeof asked === 'number' ? asked : 0, lastSeq) };
    });
  }

  /** Returns the next lines of a log, or none if there were none for 8 s. @throws HealerError as the stream does */
  log(owner: SessionOwner, params: unknown): Promise<LogPage> {
    return this.#poll(owner, async (connection, signal) => {
      const given = (isRecord(params) ? params : {}) as { readonly id: string; readonly after?: string };
      // The first message of a stream has no lines if there are none yet; the first request is answered with it.
      const isEnough = (message: Notifications['log']): boolean =>
        given.after === undefined || message.lines.length > 0 || message.skipped > 0 || message.ended === true;
      let last: Notifications['log'] | null = null;
      const message = await firstOf<Notifications['log']>(signal, (onMessage) =>
        connection.subscribe('log', given, (each) => {
          last ??= each;
          return isEnough(each) ? onMessage(each) : undefined;
        }),
      );
      const { lines, skipped, truncated, cursor, ended } = message ?? last ?? emptyPage(given.after);
      return {
        ...{ lines, skipped, cursor },
        ...(truncated === undefined ? {} : { truncated }),
        ...(ended === undefined ? {} : { ended }),
      };
    });
  }

  close(): void {
    this.#closing.abort();
  }

  async #poll<T>(owner: SessionOwner, work: (connection: Connection, signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#open >= MAX_POLLS) {
      throw new HealerError('TOO_MANY_REQUESTS', `${String(MAX_POLLS)} streams of this host are already followed`);
    }
    this.#open += 1;
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.#closing.signal]);
    let connection: Connection | null = null;
    try {
      connection = await this.#sessions.connect(owner);
      void wait(this.#waitMs, undefined, { signal, ref: false }).then(
        () => ending.abort(),
        () => undefined,
      );
      void connection.closed.then(() => ending.abort());
      return await work(connection, signal);
    } finally {
      ending.abort();
      connection?.close();
      this.#open -= 1;
    }
  }
}

/** Opens a stream and resolves to its first message; to null once the signal aborts. Reads no further message. */
function firstOf<Message>(
  signal: AbortSignal,
  subscribe: (onMessage: (message: Message) => Promise<void>) => Promise<unknown>,
): Promise<Message | null> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => resolve(null), { once: true });
    const onMessage = (message: Message): Promise<void> => {
      resolve(message);
      return new Promise(() => undefined);
    };
    subscribe(onMessage).catch(reject);
  });
}

function emptyPage(cursor: string | undefined): LogPage {
  return { lines: [], skipped: 0, cursor: cursor ?? '' };
}
