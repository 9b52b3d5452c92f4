import type { EngineEvent } from '../../protocol/engine-event.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import { inSlices } from './in-slices.ts';
import { SharedMessage } from './shared-message.ts';
import type { Stream, StreamOutlet } from './stream-outlet.ts';

/** Where a subscriber starts, and the program that it follows; undefined for all. */
export interface EventSelection {
  readonly afterSeq: number;
  readonly process: string | undefined;
  /** How long new events wait for further ones; they are sent at once by default. */
  readonly delayMs?: number;
}

interface Subscriber {
  readonly outlet: StreamOutlet;
  readonly subscription: number;
  readonly process: string | undefined;
  readonly delayMs: number;
  /** Runs while new events wait for further ones. */
  collecting: NodeJS.Timeout | undefined;
  sentSeq: number;
  /** Monotonic, in ms. */
  sentMs: number;
  isClosed: boolean;
}

interface Page {
  readonly lastSeq: number;
  /** Null if no event of the page is for this subscriber. */
  readonly message: SharedMessage<'events'> | null;
}

/** A message has at most this many characters of events, unless a single event has more. */
const PAGE_CHARS = WIRE_LIMITS.messageBytes / 4;
/** Clients that are behind differ in what they have; only some of their pages are kept for others. */
const MAX_PAGES = 16;
/** When a client is tried again that has nothing unsent, but found the buffers of all clients full. */
const RETRY_MS = 250;

/**
 * Sends events to all subscribers, in order and without gaps. Subscribers in step share one serialization. A client that
 * falls behind resumes from the history where it left off.
 */
export class EventFeed {
  readonly #engine: ServedEngine;
  readonly #subscribers = new Set<Subscriber>();
  readonly #serve = inSlices((subscriber: Subscriber) => this.#send(subscriber));
  /** Pages by first event and program, until there are further events. */
  readonly #pages = new Map<string, Page>();
  #stopWatching: (() => void) | null = null;
  readonly #delayed = new Set<Subscriber>();
  #timer: NodeJS.Timeout | undefined;

  constructor(engine: ServedEngine) {
    this.#engine = engine;
  }

  subscribe(outlet: StreamOutlet, subscription: number, { afterSeq, process, delayMs = 0 }: EventSelection): Stream {
    this.#stopWatching ??= this.#engine.watchEvents(() => this.#noteNew());
    const subscriber: Subscriber = {
      ...{ outlet, subscription, process, delayMs, collecting: undefined },
      ...{ sentSeq: afterSeq, sentMs: -Infinity, isClosed: false },
    };
    this.#subscribers.add(subscriber);
    const stopDraining = outlet.onDrain(() => this.#send(subscriber));
    // Sent after the response with the number of the subscription.
    this.#serve([subscriber]);
    return {
      close: () => {
        stopDraining();
        subscriber.isClosed = true;
        clearTimeout(subscriber.collecting);
        this.#subscribers.delete(subscriber);
        this.#delayed.delete(subscriber);
        if (this.#subscribers.size === 0) this.#close();
      },
    };
  }

  /** A client that is woken while a program is restarted takes a core from it. One that can wait is woken afterwards. */
  #noteNew(): void {
    this.#pages.clear();
    const atOnce: Subscriber[] = [];
    for (const subscriber of this.#subscribers) {
      if (subscriber.delayMs === 0) atOnce.push(subscriber);
      else subscriber.collecting ??= setTimeout(() => this.#endCollecting(subscriber), subscriber.delayMs);
    }
    this.#serve(atOnce);
  }

  #endCollecting(subscriber: Subscriber): void {
    subscriber.collecting = undefined;
    this.#serve([subscriber]);
  }

  #close(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
    this.#pages.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #send(subscriber: Subscriber): void {
    const { outlet } = subscriber;
    if (subscriber.isClosed || subscriber.sentSeq >= this.#engine.lastSeq()) return;
    const nowMs = performance.now();
    const waitMs = subscriber.sentMs + outlet.updateMs - nowMs;
    if (waitMs > 0) {
      this.#delay(subscriber, waitMs);
      return;
    }
    while (!outlet.isCongested && subscriber.sentSeq < this.#engine.lastSeq()) {
      const { lastSeq, message } = this.#pageFor(subscriber);
      if (lastSeq <= subscriber.sentSeq) return;
      if (message !== null) {
        if (!outlet.share(subscriber.subscription, [message])) {
          this.#delay(subscriber, RETRY_MS);
          return;
        }
        // A client that is behind is served again as soon as it has read; only one that is up to date waits.
        if (lastSeq >= this.#engine.lastSeq()) subscriber.sentMs = nowMs;
      }
      subscriber.sentSeq = lastSeq;
    }
  }

  #delay(subscriber: Subscriber, waitMs: number): void {
    this.#delayed.add(subscriber);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const delayed = [...this.#delayed];
      this.#delayed.clear();
      this.#serve(delayed);
    }, waitMs);
  }

  #pageFor({ sentSeq, process }: Subscriber): Page {
    const key = `${String(sentSeq)} ${process ?? ''}`;
    const known = this.#pages.get(key);
    if (known !== undefined) return known;
    const { events, missed } = this.#engine.eventsAfter(sentSeq);
    const page = firstPage(events);
    const wanted = process === undefined ? page : page.filter((event) => event.process === process);
    const isEmpty = wanted.length === 0 && missed === 0;
    const message = isEmpty ? null : new SharedMessage('events', { events: wanted, missed });
    const found = { lastSeq: page.at(-1)?.seq ?? sentSeq, message };
    if (this.#pages.size >= MAX_PAGES) this.#pages.clear();
    this.#pages.set(key, found);
    return found;
  }
}

/** Returns the events of one message, limited by count and size. */
function firstPage(events: readonly EngineEvent[]): readonly EngineEvent[] {
  let chars = 0;
  const page: EngineEvent[] = [];
  for (const event of events.slice(0, WIRE_LIMITS.batchItems)) {
    chars += JSON.stringify(event).length;
    if (page.length > 0 && chars > PAGE_CHARS) return page;
    page.push(event);
  }
  return page;
}
