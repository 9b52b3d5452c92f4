import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { TUI_LIMITS } from '../style/limits.ts';
import type { Action } from '../store/reduce.ts';
import { sanitizeEvents } from './sanitize-incoming.ts';

/**
 * Gives the function that reads the past, and follows it from there so that none is missed in between. To be called at
 * each connection: what was begun once goes on by itself.
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
      // The connection was cut; the next one asks again.
    }
  };
  return () => {
    if (!isFollowed) void follow();
  };
}
