import type { ServerResponse } from 'node:http';
import type { NotificationName, Notifications } from '../../../protocol/notifications.ts';
import { Backpressure } from '../backpressure.ts';
import type { SendBudget } from '../send-budget.ts';
import { SERVER_LIMITS } from '../server-limits.ts';
import { type MessageBody, SharedMessage } from '../shared-message.ts';
import type { StreamOutlet } from '../stream-outlet.ts';
import { STREAM_HEADERS } from './error-body.ts';

/** Writes server-sent events to one client (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class SseOutlet extends Backpressure implements StreamOutlet {
  readonly updateMs = SERVER_LIMITS.remoteUpdateMs;
  readonly #response: ServerResponse;

  constructor(response: ServerResponse, budget: SendBudget | null = null) {
    super(response, budget, false);
    this.#response = response;
    response.writeHead(200, STREAM_HEADERS);
    response.flushHeaders();
  }

  /** Sends the id at which a client resumes that has not received a message yet. A block without data is no message. */
  begin(id: string): void {
    this.#write(`id: ${id}\n\n`);
  }

  notify<Name extends NotificationName>(method: Name, params: Notifications[Name]): void {
    const text = new SharedMessage(method, params).as('sse', textOf);
    this.count(text.length);
    this.#write(text);
  }

  share(_subscription: number, messages: readonly SharedMessage[]): boolean {
    const texts = messages.map((message) => message.as('sse', textOf));
    const bytes = texts.reduce((sum, text) => sum + text.length, 0);
    if (this.isCongested || !this.admits(bytes)) return false;
    for (const text of texts) this.#write(text);
    return true;
  }

  /** Sends a comment that keeps proxies from closing the connection and reveals a client that has disconnected. */
  beat(): void {
    if (!this.isCongested) this.#write(': alive\n\n');
  }

  #write(text: string | Buffer): void {
    if (this.#response.writable && text.length > 0) this.#response.write(text);
  }
}

/** The text of each notification. A client that reconnects sends the last id as `Last-Event-ID`. */
const TEXTS: { readonly [Name in NotificationName]: (body: MessageBody<Name>) => readonly string[] } = {
  snapshot: ({ full, more, at, status, rows, removed }) => [sse(null, { full, more, at, status, rows, removed })],
  events: ({ events, missed }) => [
    ...(missed > 0 ? [sse(null, { missed }, 'missed')] : []),
    ...events.map((event) => sse(String(event.seq), event)),
  ],
  log: ({ lines, skipped, truncated, cursor, ended }) => [sse(cursor, { lines, skipped, truncated, ended })],
};

function textOf<Name extends NotificationName>({ name, body }: SharedMessage<Name>): string {
  return TEXTS[name](body).join('');
}

function sse(id: string | null, data: unknown, event?: string): string {
  const lines = [id === null ? '' : `id: ${id}\n`, event === undefined ? '' : `event: ${event}\n`];
  return `${lines.join('')}data: ${JSON.stringify(data)}\n\n`;
}
