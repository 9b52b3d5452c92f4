import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { NotificationName, Notifications } from '../../protocol/notifications.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { LogBatch, LogStart, ServedEngine } from '../access/served-engine.ts';

/** Where a stream writes for one client, whatever the transport. */
export interface StreamOutlet {
  /** Whether the client reads too slowly, so that further messages would wait in memory. */
  readonly isCongested: boolean;
  notify<Name extends NotificationName>(method: Name, params: Notifications[Name]): void;
  /** Resolves once the client has read what it was sent, or once `signal` aborts. */
  drained(signal: AbortSignal): Promise<void>;
  /** Calls `notify` whenever the client has caught up. Returns a function that unsubscribes. */
  onDrain(notify: () => void): () => void;
}

/** An open subscription. */
export interface Stream {
  close(): void;
}

/**
 * Streams the table of programs: first all rows, then every `intervalMs` the rows that changed. A client that reads too
 * slowly receives nothing until it has caught up, and then the latest state of each changed row: changes are merged, never
 * queued.
 */
export function streamSnapshot(
  engine: ServedEngine,
  outlet: StreamOutlet,
  subscription: number,
  intervalMs: number,
): Stream {
  const changed = new Set(engine.ids());
  const removed = new Set<string>();
  let isFirst = true;

  const send = (): void => {
    if (outlet.isCongested) return;
    const rows = [...changed].map((id) => engine.row(id)).filter((row) => row !== undefined);
    const pages = pagesOf(rows);
    for (const [index, page] of pages.entries()) {
      outlet.notify('snapshot', {
        subscription,
        full: isFirst,
        more: index < pages.length - 1,
        at: new Date().toISOString(),
        status: engine.status(),
        rows: page,
        removed: [...removed],
      });
      isFirst = false;
      removed.clear();
    }
    changed.clear();
  };

  const stopWatching = engine.watchRows({
    changed: (id) => changed.add(id),
    removed: (id) => {
      changed.delete(id);
      removed.add(id);
    },
  });
  const timer = setInterval(send, intervalMs);
  // Sent after the response with the number of the subscription.
  setImmediate(send);
  return {
    close: () => {
      clearInterval(timer);
      stopWatching();
    },
  };
}

/** Returns at least one page, so that the engine status is sent even if no row has changed. */
function pagesOf(rows: readonly SnapshotRow[]): SnapshotRow[][] {
  const pages: SnapshotRow[][] = [];
  for (let start = 0; start < rows.length || start === 0; start += WIRE_LIMITS.batchItems) {
    pages.push(rows.slice(start, start + WIRE_LIMITS.batchItems));
  }
  return pages;
}

/** Streams events in order and without gaps. A client that falls behind resumes from the history where it left off. */
export function streamEvents(
  engine: ServedEngine,
  outlet: StreamOutlet,
  subscription: number,
  { afterSeq, process }: { readonly afterSeq: number; readonly process: string | undefined },
): Stream {
  let sentSeq = afterSeq;
  const send = (): void => {
    while (!outlet.isCongested && sentSeq < engine.lastSeq()) {
      const { events, missed } = engine.eventsAfter(sentSeq);
      const page = events.slice(0, WIRE_LIMITS.batchItems);
      const last = page.at(-1);
      if (last === undefined) return;
      sentSeq = last.seq;
      const wanted = process === undefined ? page : page.filter((event) => event.process === process);
      if (wanted.length > 0 || missed > 0) outlet.notify('events', { subscription, events: wanted, missed });
    }
  };
  const stopWatching = engine.watchEvents(send);
  const stopDraining = outlet.onDrain(send);
  setImmediate(send);
  return {
    close: () => {
      stopWatching();
      stopDraining();
    },
  };
}

/**
 * Streams the output of a program. Reading the log file pauses while the client is too slow; writing to it never does.
 * @throws HealerError PROCESS_NOT_FOUND
 */
export function streamLog(
  engine: ServedEngine,
  outlet: StreamOutlet,
  subscription: number,
  { id, ...from }: { readonly id: string } & LogStart,
): Stream {
  const closing = new AbortController();
  const send = async ({ lines, skipped, cursorAfter }: LogBatch): Promise<void> => {
    let sent = 0;
    for (const page of linePagesOf(lines)) {
      const missing = sent === 0 ? skipped : 0;
      sent += page.length;
      outlet.notify('log', { subscription, lines: page, skipped: missing, cursor: cursorAfter(sent) });
      if (outlet.isCongested) await outlet.drained(closing.signal);
    }
  };
  engine.followLog(id, from, send, closing.signal);
  return { close: () => closing.abort() };
}

/** Divides lines into pages limited by count and size. Without lines, returns one empty page. */
function linePagesOf(lines: readonly LogLine[]): LogLine[][] {
  const pages: LogLine[][] = [];
  let page: LogLine[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = lineBytes(line);
    if (page.length > 0 && (page.length >= WIRE_LIMITS.batchItems || bytes + size > WIRE_LIMITS.messageBytes / 2)) {
      pages.push(page);
      page = [];
      bytes = 0;
    }
    page.push(line);
    bytes += size;
  }
  return page.length > 0 || pages.length === 0 ? [...pages, page] : pages;
}

/** Returns an upper bound of the size of a line as JSON, where a control character can take six bytes. */
export function lineBytes(line: LogLine): number {
  return JSON.stringify(line.text).length * 3 + 100;
}
