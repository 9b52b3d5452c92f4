import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { TUI_LIMITS } from '../style/limits.ts';
import type { Action } from '../store/reduce.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import { ask, onceAtATime } from './ask.ts';
import { sanitizeDetails } from './sanitize-incoming.ts';

interface LiveProgram {
  /** What was read of the opened program is read anew. */
  refresh(): void;
  /** The table was brought up to date: now and then so are the details. */
  keepUp(): void;
  close(): void;
}

/** The program that is opened, and which of its histories is shown. */
interface Opened {
  readonly id: string;
  readonly span: State['span'];
}

/** Reads what only the screen of one program shows: its past use of resources and all that is known of it. */
export function createLiveProgram(
  client: ReconnectingClient,
  store: Store,
  dispatch: (action: Action) => void,
): LiveProgram {
  let opened: Opened | null = null;
  let readAt = 0;

  const readDetails = onceAtATime(async () => {
    const id = opened?.id;
    if (id === undefined) return;
    await ask(client.api.describe({ id }), (details) => {
      if (opened?.id === id) dispatch({ kind: 'detailsRead', details: sanitizeDetails(details) });
    });
  });
  const readHistory = ({ id, span }: Opened): void => {
    void ask(client.api.history({ id, span }), (history) => {
      if (opened?.id === id && opened.span === span) dispatch({ kind: 'historyRead', history, span });
    });
  };
  const refresh = (): void => {
    // Where an answer for another program is awaited still, the next snapshot asks again.
    readAt = 0;
    if (opened !== null) readHistory(opened);
    readDetails();
  };
  const close = store.subscribe(() => {
    const before = opened;
    opened = openedOf(store.state());
    if (opened !== null && (before?.id !== opened.id || before.span !== opened.span)) refresh();
  });
  return {
    refresh,
    keepUp: () => {
      const { nowMs } = store.state();
      if (opened === null || nowMs - readAt < TUI_LIMITS.detailsMs) return;
      readAt = nowMs;
      readDetails();
    },
    close,
  };
}

function openedOf({ view, span }: State): Opened | null {
  return view.kind === 'program' ? { id: view.id, span } : null;
}
