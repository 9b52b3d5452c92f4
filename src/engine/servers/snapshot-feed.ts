import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import type { ServedEngine } from '../access/served-engine.ts';
import { inSlices } from './in-slices.ts';
import { RowHistory } from './row-history.ts';
import { SharedMessage } from './shared-message.ts';
import type { Stream, StreamOutlet } from './stream-outlet.ts';

/** Subscribers are served at multiples of this, so that those with the same interval receive the same message. */
const STEP_MS = 100;
/** How long the whole table may be sent to new subscribers, if no row changes. The status in it is as old. */
const TABLE_MS = 250;
/** Clients that are behind differ in what they have; only some of their messages are kept for others. */
const MAX_EDITIONS = 16;

type Messages = readonly SharedMessage<'snapshot'>[];

interface Subscriber {
  readonly outlet: StreamOutlet;
  readonly subscription: number;
  /** Interval in steps. */
  readonly every: number;
  /** The version of the rows that it has; null before the first message. */
  version: number | null;
  /** When it is served next, in steps. */
  dueStep: number;
  isClosed: boolean;
}

/** What is sent to every subscriber that has the same version. */
interface Edition {
  readonly version: number;
  readonly messages: Messages;
}

/**
 * Sends the live table to all subscribers: first all rows, then at intervals the rows that changed. Subscribers in step share
 * one serialization. A client that reads too slowly receives nothing until it has caught up, and then the latest state of
 * each changed row: changes are merged, never queued.
 */
export class SnapshotFeed {
  readonly #engine: ServedEngine;
  readonly #subscribers = new Set<Subscriber>();
  readonly #serve = inSlices((subscriber: Subscriber) => this.#send(subscriber));
  #history = new RowHistory();
  #stopWatching: (() => void) | null = null;
  #timer: NodeJS.Timeout | undefined;
  #timerStep = Infinity;
  /** The version that subscribers have after this step. */
  #version = 0;
  /** What is sent in this step, by the version of the subscriber. */
  #editions = new Map<number, Messages>();
  #table: (Edition & { readonly atMs: number }) | null = null;

  constructor(engine: ServedEngine) {
    this.#engine = engine;
  }

  /** @param intervalMs is rounded to tenths of a second */
  subscribe(outlet: StreamOutlet, subscription: number, intervalMs: number): Stream {
    if (this.#subscribers.size === 0) this.#open();
    const every = Math.max(1, Math.round(Math.max(intervalMs, outlet.updateMs) / STEP_MS));
    const subscriber: Subscriber = { outlet, subscription, every, version: null, dueStep: 0, isClosed: false };
    this.#subscribers.add(subscriber);
    // Sent after the response with the number of the subscription.
    this.#serve([subscriber]);
    this.#planAfter(subscriber);
    return {
      close: () => {
        subscriber.isClosed = true;
        this.#subscribers.delete(subscriber);
        if (this.#subscribers.size === 0) this.#close();
      },
    };
  }

  #open(): void {
    const history = new RowHistory();
    this.#history = history;
    this.#stopWatching = this.#engine.watchRows({
      changed: (id) => history.mark(id, false),
      removed: (id) => history.mark(id, true),
    });
  }

  #close(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
    clearTimeout(this.#timer);
    this.#timerStep = Infinity;
    this.#editions.clear();
    this.#table = null;
  }

  /** Plans the next message of a subscriber at a multiple of its interval. */
  #planAfter(subscriber: Subscriber): void {
    const { every, outlet } = subscriber;
    const step = Math.floor(performance.now() / STEP_MS);
    // A remote client never waits less than its interval; on this machine, the second message may come early.
    const earliest = outlet.updateMs > 0 ? step + every : step + 1;
    subscriber.dueStep = Math.ceil(earliest / every) * every;
    this.#plan(subscriber.dueStep);
  }

  #plan(step: number): void {
    if (step >= this.#timerStep) return;
    clearTimeout(this.#timer);
    this.#timerStep = step;
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, Math.ceil(step * STEP_MS - performance.now())));
  }

  #tick(): void {
    this.#timerStep = Infinity;
    const step = Math.floor(performance.now() / STEP_MS);
    const due: Subscriber[] = [];
    let next = Infinity;
    for (const subscriber of this.#subscribers) {
      if (subscriber.dueStep <= step) {
        due.push(subscriber);
        subscriber.dueStep = (Math.floor(step / subscriber.every) + 1) * subscriber.every;
      }
      next = Math.min(next, subscriber.dueStep);
    }
    this.#editions.clear();
    this.#version = this.#history.cut();
    this.#serve(due.filter(({ outlet }) => !outlet.isCongested));
    if (next < Infinity) this.#plan(next);
  }

  #send(subscriber: Subscriber): void {
    const { outlet, subscription, version, isClosed } = subscriber;
    if (isClosed || outlet.isCongested) return;
    const edition = version === null ? this.#wholeTable() : this.#changesSince(version);
    if (outlet.share(subscription, edition.messages)) subscriber.version = edition.version;
  }

  #changesSince(version: number): Edition {
    const known = this.#editions.get(version);
    if (known !== undefined) return { version: this.#version, messages: known };
    const since = this.#history.since(version);
    if (since === 'everything') return this.#wholeTable();
    const messages = this.#messages(since.changed, since.removed, false);
    if (this.#editions.size >= MAX_EDITIONS) this.#editions.clear();
    this.#editions.set(version, messages);
    return { version: this.#version, messages };
  }

  #wholeTable(): Edition {
    const nowMs = performance.now();
    const known = this.#table;
    if (known !== null && nowMs - known.atMs < TABLE_MS && !this.#history.hasChangedSince(known.version)) return known;
    const messages = this.#messages(this.#engine.ids(), [], true);
    this.#table = { version: this.#history.cut(), messages, atMs: nowMs };
    return this.#table;
  }

  #messages(ids: readonly string[], removed: readonly string[], isFull: boolean): Messages {
    const rows = ids.map((id) => this.#engine.row(id)).filter((row) => row !== undefined);
    const at = new Date().toISOString();
    const status = this.#engine.status();
    const pages = pagesOf(rows);
    return pages.map((page, index) => {
      const more = index < pages.length - 1;
      const isFirst = index === 0;
      return new SharedMessage('snapshot', {
        ...{ full: isFull && isFirst, more, at, status, rows: page },
        removed: isFirst ? removed : [],
      });
    });
  }
}

/** Returns at least one page, so that the engine status is sent even if no row has changed. */
function pagesOf(rows: readonly SnapshotRow[]): SnapshotRow[][] {
  const pages: SnapshotRow[][] = [];
  for (let start = 0; start < rows.length || start === 0; start += WIRE_LIMITS.batchItems) {
    pages.push(rows.slice(start, start + WIRE_LIMITS.batchItems));
  }
  return pages;
}
