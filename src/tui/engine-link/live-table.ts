import type { ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import { wholeSnapshots } from '../../client/attach/whole-snapshots.ts';
import type { Action } from '../store/reduce.ts';
import type { Store } from '../store/store.ts';
import { sanitizeSnapshot } from './sanitize-incoming.ts';

/** Follows the table of programs at the refresh interval of the screen. Returns the function that stops it. */
export function createLiveTable(
  client: ReconnectingClient,
  store: Store,
  dispatch: (action: Action) => void,
  onTaken: () => void,
): () => void {
  let followedMs = 0;
  let end = (): void => undefined;
  const followRate = (): void => {
    const { rateMs } = store.state();
    if (rateMs === followedMs) return;
    followedMs = rateMs;
    end();
    const take = wholeSnapshots((snapshot) => {
      dispatch({ kind: 'snapshotTaken', snapshot: sanitizeSnapshot(snapshot), nowMs: Date.now() });
      onTaken();
    });
    const stream = client.subscribe('snapshot', { intervalMs: rateMs }, take);
    end = () => stream.close();
  };
  followRate();
  return store.subscribe(followRate);
}
