import {
  boolCoreTag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
} from 'js-yaml';
import type { YamlNode, YamlPair, YamlScalar } from './yaml-node.ts';

type Scalar = Extract<Event, { type: typeof EVENT_ID.SCALAR }>;
type Properties = Pick<Scalar, 'anchorStart' | 'anchorEnd'>;

/** Longer texts are parsed in turns, so that they do not delay healing. */
const MAX_LENGTH = 1024 * 1024;
/** Limits the recursion of readers. No real file nests deeper. */
const MAX_DEPTH = 60;
const TYPES = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag];
/** From the end of a value to the indicator before an empty one: closed collections, comments and line breaks, then the indicator. */
const TO_EMPTY_VALUE = /(?:[ \t\]},]*(?:#[^\n]*)?\r?\n)*[ \t\]},]*[-:?]?/y;
/** The header of a block scalar at the end of a line, such as `|-`. */
const BLOCK_HEADER = /[|>][-+0-9]*(?:[ \t]+#.*|[ \t]*)$/;

/**
 * Parses a text of usual YAML five times as fast as the package yaml, which explains errors better. Returns null for a text
 * that is invalid, empty, unusually long or deep, or contains tags, directives or several documents.
 */
export function parseQuickly(text: string): YamlNode | null {
  if (text.length > MAX_LENGTH) return null;
  const events = eventsOf(text);
  if (!events?.every(isUsual)) return null;
  const [document, ...others] = events.filter(({ type }) => type === EVENT_ID.DOCUMENT);
  return document === undefined || others.length > 0 ? null : new NodeBuilder(text, events).build();
}

function eventsOf(text: string): readonly Event[] | null {
  try {
    return parseEvents(text, { maxDepth: MAX_DEPTH });
  } catch {
    return null;
  }
}

function isUsual(event: Event): boolean {
  if (event.type === EVENT_ID.DOCUMENT) return event.directives.length === 0;
  return !('tagStart' in event) || event.tagStart === -1;
}

/** Builds the nodes of a document from the events of its parser. */
class NodeBuilder {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 1;
  /** The end of the last value, from which an empty one is searched for. */
  #end = 0;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  /** Returns null for a document without a value. */
  build(): YamlNode | null {
    return this.#isAtEnd() ? null : this.#read();
  }

  #isAtEnd(): boolean {
    return (this.#events[this.#next]?.type ?? EVENT_ID.POP) === EVENT_ID.POP;
  }

  #read(): YamlNode {
    const event = this.#events[this.#next];
    this.#next += 1;
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#scalar(event);
      case EVENT_ID.MAPPING: {
        this.#end = event.start;
        return { kind: 'map', at: event.start, anchor: this.#anchorOf(event), pairs: this.#pairs() };
      }
      case EVENT_ID.SEQUENCE: {
        this.#end = event.start;
        return { kind: 'list', at: event.start, anchor: this.#anchorOf(event), items: this.#items() };
      }
      case EVENT_ID.ALIAS:
        this.#end = event.anchorEnd;
        return { kind: 'alias', at: event.anchorStart - 1, name: this.#text.slice(event.anchorStart, event.anchorEnd) };
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
      case undefined:
        throw new Error('the parser reported the end of a value that has not begun');
    }
  }

  #pairs(): YamlPair[] {
    const pairs: YamlPair[] = [];
    while (!this.#isAtEnd()) pairs.push({ key: this.#read(), value: this.#read() });
    this.#next += 1;
    return pairs;
  }

  #items(): YamlNode[] {
    const items: YamlNode[] = [];
    while (!this.#isAtEnd()) items.push(this.#read());
    this.#next += 1;
    return items;
  }

  #scalar(event: Scalar): YamlNode {
    const anchor = this.#anchorOf(event);
    const isPlain = event.style === SCALAR_STYLE.PLAIN;
    if (event.valueStart === -1) {
      this.#end = this.#emptyValueAfter(this.#end);
      return { kind: 'scalar', at: this.#end, anchor, value: null, source: '', isPlain };
    }
    const source = getScalarValue(this.#text, event);
    const at = this.#startOf(event);
    this.#end = event.valueEnd + (isQuoted(event) ? 1 : 0);
    return { kind: 'scalar', at, anchor, value: isPlain ? meaningOf(source) : source, source, isPlain };
  }

  #anchorOf({ anchorStart, anchorEnd }: Properties): string | undefined {
    return anchorStart === -1 ? undefined : this.#text.slice(anchorStart, anchorEnd);
  }

  #emptyValueAfter(end: number): number {
    TO_EMPTY_VALUE.lastIndex = end;
    TO_EMPTY_VALUE.test(this.#text);
    return TO_EMPTY_VALUE.lastIndex;
  }

  /** Returns the offset of the first character that belongs to the value: a quotation mark, or the header of a block. */
  #startOf(event: Scalar): number {
    if (isQuoted(event)) return event.valueStart - 1;
    if (event.style === SCALAR_STYLE.PLAIN) return event.valueStart;
    const headerEnd = this.#text.lastIndexOf('\n', event.valueStart - 1);
    // Behind the key, which may contain what looks like a header.
    const from = Math.max(this.#text.lastIndexOf('\n', headerEnd - 1) + 1, this.#end);
    const line = this.#text.slice(from, headerEnd).replace(/\r$/, '');
    return from + Math.max(0, line.search(BLOCK_HEADER));
  }
}

function isQuoted({ style }: Scalar): boolean {
  return style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
}

/** Interprets an unquoted value by the core schema of YAML 1.2. */
function meaningOf(source: string): YamlScalar {
  for (const type of TYPES) {
    const value = type.resolve(source, false, type.tagName);
    if (value !== NOT_RESOLVED) return value;
  }
  return source;
}
