import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { subscribeLog } from '../../client/attach/subscribe-log.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Action } from '../store/reduce.ts';
import type { Store } from '../store/store.ts';
import { sanitizeLines } from './sanitize-incoming.ts';

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

  const subscribe = (id: string): Stream =>
    subscribeLog(client, { id, tail: TUI_LIMITS.logTail, marks: true }, ({ lines, skipped }) => {
      dispatch({ kind: 'logged', id, lines: sanitizeLines(lines), skipped });
    });
  const closeAll = (): void => {
    for (const stream of streams) stream.close();
    streams = [];
  };
  const start = (): void => {
    streams = followed.slice(0, TUI_LIMITS.logPrograms).map(subscribe);
  };
  const unsubscribe = store.subscribe(() => {
    const { ids } = store.state().log;
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
