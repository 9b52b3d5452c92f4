import { setTimeout as wait } from 'node:timers/promises';
import { lineBytes } from '../core/line-bytes.ts';
import { WIRE_LIMITS } from '../../protocol/wire-limits.ts';
import type { LogLine } from '../../protocol/log-line.ts';
import type { LogBatch, LogStart, ServedEngine } from '../access/served-engine.ts';
import { sharedBy } from './shared-by.ts';
import type { Stream, StreamOutlet } from './stream-outlet.ts';

const LARGE_CHARS = 32 * 1024;

/**
 * Streams the output of a program, until the program is removed. Reading the log file pauses while the client is too slow; writing to it never does.
 * @throws HealerError PROCESS_NOT_FOUND
 */
export function streamLog(
  engine: ServedEngine,
  outlet: StreamOutlet,
  subscription: number,
  { id, ...from }: { readonly id: string } & LogStart,
): Stream {
  const closing = new AbortController();
  const ending = new AbortController();
  const { signal } = closing;
  let cursor = '';
  const send = async ({ lines, skipped, isTruncated, cursorAfter }: LogBatch): Promise<void> => {
    let sent = 0;
    for (const page of linePagesOf(lines)) {
      const missing = sent === 0 ? skipped : 0;
      const truncated = sent === 0 && isTruncated === true ? { truncated: true } : {};
      sent += page.length;
      cursor = cursorAfter(sent);
      outlet.notify('log', { subscription, lines: page, skipped: missing, ...truncated, cursor });
      if (outlet.isCongested) await outlet.drained(signal);
    }
    if (outlet.updateMs > 0 && !isLarge(lines))
      await wait(outlet.updateMs, undefined, { signal }).catch(() => undefined);
  };
  const followed = engine.followLog(id, from, send, signal, ending.signal);
  const stopWaiting = sharedBy(engine).removals.wait(id, () => ending.abort());
  void followed.then(() => {
    if (signal.aborted || !ending.signal.aborted) return;
    outlet.notify('log', { subscription, lines: [], skipped: 0, cursor, ended: true });
  });
  return {
    close: () => {
      stopWaiting();
      closing.abort();
    },
  };
}

/** Whether a batch is so large that more lines are probably waiting: then the next one is sent without delay. */
function isLarge(lines: readonly LogLine[]): boolean {
  const chars = lines.reduce((sum, { text }) => sum + text.length, 0);
  return lines.length >= WIRE_LIMITS.batchItems || chars >= LARGE_CHARS;
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
