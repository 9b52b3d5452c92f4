import type { FleetHost } from './fleet-host.ts';

/** A host of the fleet as it is watched. */
export interface WatchedHost extends FleetHost {
  /** Unique in the fleet: `eu.web-01`. */
  readonly key: string;
  /** When its last row arrived, in ms on the monotonic clock of the watch; null if none is known. */
  readonly seenAt: number | null;
}

/** Whether the bus can be reached. */
export type BusState =
  | { readonly is: 'reading' }
  | { readonly is: 'connected' }
  /** Since when, in ms on the monotonic clock. What is known about the hosts stays as it was. */
  | { readonly is: 'away'; readonly since: number };

/** What changed since the last report of a watch. */
export interface FleetChange {
  /** True in the first report, which contains all hosts. */
  readonly full: boolean;
  readonly hosts: readonly WatchedHost[];
  /** The keys of hosts that were removed. */
  readonly removed: readonly string[];
  readonly bus: BusState;
  /** What cannot be read with this credential or from this bus, in sentences. */
  readonly problems: readonly string[];
}
