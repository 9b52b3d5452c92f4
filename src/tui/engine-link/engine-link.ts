import { type ReconnectingClient, createReconnectingClient } from '../../client/index.ts';
import { toHealerError } from '../../protocol/errors.ts';
import { TUI_LIMITS } from '../limits.ts';
import type { Operation, Outcome } from '../store/operations.ts';
import { type Action, reduce } from '../store/reduce.ts';
import type { Store } from '../store/store.ts';
import { createLiveDetails } from './live-details.ts';
import { sanitizeError, sanitizeEvents, sanitizeSnapshot } from './sanitize-incoming.ts';

export interface EngineLink {
  /** Asks the engine for it, program by program at the same time; the store hears what became of it. */
  readonly operate: (operation: Operation, ids: readonly string[]) => Promise<void>;
  /** Tries the engine now rather than when the next attempt is due. */
  readonly reconnect: () => void;
  readonly close: () => void;
}

/** The only place of the terminal UI that knows the client: the engine's messages become actions of the store. */
export function linkEngine(socketPath: string, store: Store): EngineLink {
  const dispatch = (action: Action): void => {
    store.update((state) => reduce(state, action));
  };
  let attachment = attach(socketPath, store, dispatch);
  return {
    operate: async (operation, ids) => {
      const outcomes = await Promise.all(ids.map((id) => operateOne(attachment.client, operation, id)));
      dispatch({ kind: 'operated', operation, outcomes, nowMs: Date.now() });
    },
    reconnect: () => {
      if (attachment.client.state.status === 'connected') return;
      attachment.close();
      attachment = attach(socketPath, store, dispatch);
    },
    close: () => {
      attachment.close();
    },
  };
}

async function operateOne({ api }: ReconnectingClient, operation: Operation, id: string): Promise<Outcome> {
  try {
    return { kind: 'done', result: await api[operation]({ id }) };
  } catch (error) {
    return { kind: 'refused', id, message: sanitizeError(toHealerError(error)).message };
  }
}

interface Attachment {
  readonly client: ReconnectingClient;
  close(): void;
}

function attach(socketPath: string, store: Store, dispatch: (action: Action) => void): Attachment {
  const client = createReconnectingClient({ socketPath, clientName: 'healer tui' });
  const details = createLiveDetails(client, store, dispatch);
  let hasHistory = false;

  client.onState((state) => {
    if (state.status === 'disconnected') {
      dispatch({ kind: 'disconnected', error: sanitizeError(state.error), nowMs: Date.now() });
    }
    if (state.status !== 'connected') return;
    details.refresh();
    if (!hasHistory) void readHistory();
  });
  client.subscribe('snapshot', { intervalMs: TUI_LIMITS.tickMs }, (snapshot) => {
    dispatch({ kind: 'snapshotTaken', snapshot: sanitizeSnapshot(snapshot), nowMs: Date.now() });
    details.readCooldowns();
  });

  /** The past first, then what follows it, so that none is missed in between. */
  async function readHistory(): Promise<void> {
    try {
      const events = await client.api.events({ limit: TUI_LIMITS.eventsAtStart });
      if (hasHistory) return;
      hasHistory = true;
      dispatch({ kind: 'eventsHappened', events: sanitizeEvents(events), isHistory: true });
      client.subscribe('events', { afterSeq: events.at(-1)?.seq ?? 0 }, (message) => {
        dispatch({ kind: 'eventsHappened', events: sanitizeEvents(message.events), isHistory: false });
      });
    } catch {
      // The connection was cut; the next one asks again.
    }
  }

  return {
    client,
    close: () => {
      details.close();
      client.close();
    },
  };
}
