import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Action } from '../store/reduce.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import { ask } from './ask.ts';
import { sanitizeDetails } from './sanitize-incoming.ts';

interface LiveTrees {
  /** Reads all trees again. */
  refresh(): void;
  /** Reads the trees again that are older than `detailsMs`. Called on each update of the table. */
  keepUp(): void;
  close(): void;
}

/** Reads the processes of the programs whose rows are unfolded in the table. */
export function createLiveTrees(
  client: ReconnectingClient,
  store: Store,
  dispatch: (action: Action) => void,
): LiveTrees {
  const readAt = new Map<string, number>();
  const read = (id: string): void => {
    readAt.set(id, store.state().nowMs);
    void ask(client.api.describe({ id }), (details) => {
      const { tree } = sanitizeDetails(details);
      dispatch({ kind: 'treeRead', id, members: tree, nowMs: Date.now() });
    });
  };
  const readOlderThan = (ageMs: number): void => {
    const { nowMs } = store.state();
    const wanted = unfolded(store.state());
    for (const id of readAt.keys()) if (!wanted.includes(id)) readAt.delete(id);
    for (const id of wanted) if (nowMs - (readAt.get(id) ?? -Infinity) >= ageMs) read(id);
  };
  let opened = store.state().list.opened;
  const close = store.subscribe(() => {
    const { list } = store.state();
    if (list.opened === opened) return;
    opened = list.opened;
    readOlderThan(TUI_LIMITS.detailsMs);
  });
  return { refresh: () => readOlderThan(0), keepUp: () => readOlderThan(TUI_LIMITS.detailsMs), close };
}

/** Returns the programs whose processes the table shows, and at most so many that reading them stays cheap. */
function unfolded({ rows, list, view }: State): readonly string[] {
  if (list.opened.size === 0 || view.kind !== 'tab' || view.tab !== 'processes') return [];
  const ids = rows.filter(({ id, pid }) => pid !== null && list.opened.has(id)).map(({ id }) => id);
  return ids.slice(0, TUI_LIMITS.treesRead);
}
