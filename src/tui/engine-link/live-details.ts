import type { ReconnectingClient } from '../../client/index.ts';
import { TUI_LIMITS } from '../limits.ts';
import type { Action } from '../store/reduce.ts';
import type { State } from '../store/state.ts';
import type { Store } from '../store/store.ts';
import { sanitizeLines } from './sanitize-incoming.ts';

interface LiveDetails {
  /** A connection is there (again): what was read once is read anew. */
  refresh(): void;
  readCooldowns(): void;
  close(): void;
}

/** Asks the engine for what only some screens show, while they show it: a log, a history, the cooldowns. */
export function createLiveDetails(
  client: ReconnectingClient,
  store: Store,
  dispatch: (action: Action) => void,
): LiveDetails {
  let log: { readonly id: string | null; close(): void } = { id: null, close: () => undefined };
  let logTimer: NodeJS.Timeout | undefined;
  let historyOf: string | null = null;
  let wantedCooldowns = false;
  let isReadingCooldowns = false;

  const readCooldowns = (): void => {
    if (!wantsCooldowns(store.state()) || isReadingCooldowns) return;
    isReadingCooldowns = true;
    void ask(client.api.cooldowns({}), (cooldowns) => {
      dispatch({ kind: 'cooldownsRead', cooldowns });
    }).finally(() => {
      isReadingCooldowns = false;
    });
  };

  const readHistory = (id: string): void => {
    void ask(client.api.history({ id }), (history) => {
      if (historyOf === id) dispatch({ kind: 'historyRead', history });
    });
  };

  const followLog = (): void => {
    const { id } = store.state().log;
    if (id === log.id) return;
    log.close();
    log = id === null ? { id, close: () => undefined } : { id, ...subscribeLog(client, id, dispatch) };
  };

  const follow = (): void => {
    const state = store.state();
    if (state.log.id !== log.id) {
      clearTimeout(logTimer);
      logTimer = setTimeout(followLog, TUI_LIMITS.logDelayMs);
    }
    const opened = state.view.kind === 'program' ? state.view.id : null;
    if (opened !== historyOf) {
      historyOf = opened;
      if (opened !== null) readHistory(opened);
    }
    const wants = wantsCooldowns(state);
    if (wants && !wantedCooldowns) readCooldowns();
    wantedCooldowns = wants;
  };

  const unsubscribe = store.subscribe(follow);
  return {
    refresh: () => {
      if (historyOf !== null) readHistory(historyOf);
    },
    readCooldowns,
    close: () => {
      unsubscribe();
      clearTimeout(logTimer);
      log.close();
    },
  };
}

function wantsCooldowns({ view }: State): boolean {
  return view.kind === 'tab' && view.tab === 'cooldown';
}

function subscribeLog(client: ReconnectingClient, id: string, dispatch: (action: Action) => void): { close(): void } {
  return client.subscribe('log', { id, tail: TUI_LIMITS.logTail }, ({ lines, skipped }) => {
    dispatch({ kind: 'logged', id, lines: sanitizeLines(lines), skipped });
  });
}

/** A refusal needs no word here: a lost connection shows by itself, and what is missing is asked for again. */
async function ask<T>(answer: Promise<T>, take: (result: T) => void): Promise<void> {
  let result: T;
  try {
    result = await answer;
  } catch {
    return;
  }
  take(result);
}
