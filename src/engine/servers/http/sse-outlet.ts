import type { ServerResponse } from 'node:http';
import type { NotificationName, Notifications } from '../../../protocol/notifications.ts';
import { Backpressure } from '../backpressure.ts';
import type { StreamOutlet } from '../streams.ts';
import { STREAM_HEADERS } from './error-body.ts';

/** Writes server-sent events to one client (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class SseOutlet extends Backpressure implements StreamOutlet {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    super(response);
    this.#response = response;
    response.writeHead(200, STREAM_HEADERS);
    response.flushHeaders();
  }

  notify<Name extends NotificationName>(method: Name, params: Notifications[Name]): void {
    for (const text of TEXTS[method](params)) this.#write(text);
  }

  /** Sends a comment that keeps proxies from closing the connection and reveals a client that has disconnected. */
  beat(): void {
    if (!this.isCongested) this.#write(': alive\n\n');
  }

  #write(text: string): void {
    if (this.#response.writable) this.#response.write(text);
  }
}

/** The text of each notification. A client that reconnects sends the last id as `Last-Event-ID`. */
const TEXTS: { readonly [Name in NotificationName]: (params: Notifications[Name]) => readonly string[] } = {
  snapshot: ({ full, more, at, status, rows, removed }) => [sse(null, { full, more, at, status, rows, removed })],
  events: ({ events, missed }) => [
    ...(missed > 0 ? [sse(null, { missed }, 'missed')] : []),
    ...events.map((event) => sse(String(event.seq), event)),
  ],
  log: ({ lines, skipped, cursor }) => [sse(cursor, { lines, skipped })],
};

function sse(id: string | null, data: unknown, event?: string): string {
  const lines = [id === null ? '' : `id: ${id}\n`, event === undefined ? '' : `event: ${event}\n`];
  return `${lines.join('')}data: ${JSON.stringify(data)}\n\n`;
}
