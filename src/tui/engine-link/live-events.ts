import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Action } from '../store/reduce.ts';
import { sanitizeEvents } from './sanitize-incoming.ts';

/**
 * Returns a function that reads past events and follows new ones without a gap. Call it on each connection; once it has
 * succeeded, it does nothing.
 */
export function createLiveEvents(client: ReconnectingClient, dispatch: (action: Action) => void): () => void {
  let isFollowed = false;
  const follow = async (): Promise<void> => {
    try {
      const events = await client.api.events({ limit: TUI_LIMITS.eventsAtStart });
      if (isFollowed) return;
      isFollowed = true;
      dispatch({ kind: 'eventsHappened', events: sanitizeEvents(events), isHistory: true });
      client.subscribe('events', { afterSeq: events.at(-1)?.seq ?? 0 }, (message) => {
        dispatch({ kind: 'eventsHappened', events: sanitizeEvents(message.events), isHistory: false });
      });
    } catch {
      // The connection was lost; the next one tries again.
    }
  };
  return () => {
    if (!isFollowed) void follow();
  };
}
