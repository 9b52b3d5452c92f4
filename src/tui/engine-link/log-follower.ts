import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { subscribeLog } from '../../client/attach/subscribe-log.ts';
import { nextToRead } from '../state/log-history.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Action } from '../store/reduce.ts';
import type { Store } from '../store/store.ts';
import { onceAtATime } from './ask.ts';
import { createOutputCleaner } from './sanitize-incoming.ts';

/** A subscription. */
interface Stream {
  close(): void;
}

/** Streams the output of the programs whose log is shown, shortly after the selection stops changing. */
export function createLogFollower(
  client: ReconnectingClient,
  store: Store,
  dispatch: (action: Action) => void,
): Stream {
  let followed: readonly string[] = store.state().log.ids;
  let streams: readonly Stream[] = [];
  let timer: NodeJS.Timeout | undefined;

  const subscribe = (id: string): Stream => {
    const clean = createOutputCleaner();
    return subscribeLog(
      client,
      { id, tail: TUI_LIMITS.logTail, marks: true },
      ({ lines, skipped, cursor }) => {
        dispatch({ kind: 'logged', id, ...clean(lines), skipped, before: cursorBefore(cursor, lines.length) });
      },
      () => dispatch({ kind: 'logged', id, lines: [], skipped: 0 }),
    );
  };
  const closeAll = (): void => {
    for (const stream of streams) stream.close();
    streams = [];
  };
  const start = (): void => {
    streams = followed.slice(0, TUI_LIMITS.logPrograms).map(subscribe);
  };
  const readOlder = onceAtATime(async () => {
    for (let { log } = store.state(); log.wantsOlder; { log } = store.state()) {
      const next = nextToRead(log);
      if (next === null) return;
      const { id, before } = next;
      try {
        const lines = await client.api.logs({ id, before, tail: TUI_LIMITS.logPage, marks: true });
        const page = { lines: createOutputCleaner()(lines).lines, older: lines[0]?.before ?? null };
        dispatch({ kind: 'olderRead', id, ...page, nowMs: Date.now() });
      } catch {
        dispatch({ kind: 'olderRefused', id });
      }
    }
  });
  const unsubscribe = store.subscribe(() => {
    const { ids, wantsOlder } = store.state().log;
    if (wantsOlder) readOlder();
    if (ids === followed) return;
    followed = ids;
    closeAll();
    clearTimeout(timer);
    timer = setTimeout(start, TUI_LIMITS.logDelayMs);
  });
  return {
    close: () => {
      unsubscribe();
      clearTimeout(timer);
      closeAll();
    },
  };
}

/** A cursor counts lines after a position: `file:offset:lines`. Returns the one before the last `count` lines. */
function cursorBefore(cursor: string, count: number): string | undefined {
  const [, place, lines] = /^(.*):(-?\d+)$/.exec(cursor) ?? [];
  return place === undefined ? undefined : `${place}:${String(Number(lines) - count)}`;
}
