import type { Store } from '../store/store.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';

/** How early a tick may come, and how long it waits for a snapshot, as shares of its interval. */
const EARLIEST = 0.8;
const LATEST = 1.5;

/**
 * Ticks about once a second, together with the snapshots of the engine if they come as often: then both need one frame
 * instead of two. Returns the function that stops it.
 */
export function startScreenClock(store: Store, tick: () => void): () => void {
  const { tickMs } = TUI_LIMITS;
  let heardAtMs = -1;
  let tickedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const tickNow = (nextMs: number): void => {
    tickedAt = performance.now();
    clearTimeout(timer);
    timer = setTimeout(tickNow, nextMs, tickMs);
    tick();
  };
  const stop = store.subscribe(() => {
    const { connection } = store.state();
    if (connection.kind !== 'live' || connection.heardAtMs === heardAtMs) return;
    heardAtMs = connection.heardAtMs;
    if (performance.now() - tickedAt >= EARLIEST * tickMs) tickNow(LATEST * tickMs);
  });
  timer = setTimeout(tickNow, tickMs, tickMs);
  return () => {
    stop();
    clearTimeout(timer);
  };
}
