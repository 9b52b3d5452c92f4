import type { ServedEngine } from '../access/served-engine.ts';
import { EventFeed } from './event-feed.ts';
import { RemovalFeed } from './removal-feed.ts';
import { SendBudget } from './send-budget.ts';
import { SnapshotFeed } from './snapshot-feed.ts';

/** What the servers of an engine have in common. */
export interface Shared {
  readonly snapshots: SnapshotFeed;
  readonly events: EventFeed;
  readonly removals: RemovalFeed;
  readonly budget: SendBudget;
}

const known = new WeakMap<ServedEngine, Shared>();

/** Returns what all servers of an engine share, so that their subscribers share it too. */
export function sharedBy(engine: ServedEngine): Shared {
  let shared = known.get(engine);
  if (shared === undefined) {
    shared = {
      snapshots: new SnapshotFeed(engine),
      events: new EventFeed(engine),
      removals: new RemovalFeed(engine),
      budget: new SendBudget(),
    };
    known.set(engine, shared);
  }
  return shared;
}
