/** A message of a server-sent event stream. */
export interface SseMessage {
  /** The id of this message, or of the last one that had an id; empty before the first. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Parses server-sent events from chunks of any size (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class SseParser {
  #rest = '';
  #id = '';
  #event = '';
  #data: string[] = [];

  /** Adds a chunk and returns the messages that it completes. */
  push(text: string): SseMessage[] {
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#take(line));
  }

  #take(line: string): SseMessage[] {
    if (line === '') return this.#finish();
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    if (field === 'event') this.#event = value;
    if (field === 'id') this.#id = value;
    return [];
  }

  #finish(): SseMessage[] {
    const data = this.#data;
    const event = this.#event;
    this.#data = [];
    this.#event = '';
    return data.length === 0 ? [] : [{ id: this.#id, event: event === '' ? 'message' : event, data: data.join('\n') }];
  }
}
