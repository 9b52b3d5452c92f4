import type { EngineTarget } from '../../client/connection/engine-target.ts';
import type { FleetChange, WatchedHost } from '../../fleet/contract/watched-host.ts';

/** A connection to the bus of a fleet, as the terminal UI uses it. */
export interface FleetConnection {
  /** The address of the hub. */
  readonly hub: string;
  /** Watches all hosts. Returns the function that ends it. */
  readonly watch: (onChange: (change: FleetChange) => void) => () => void;
  /** Returns the engine of a host. */
  readonly targetOf: (host: WatchedHost) => EngineTarget;
  /** Measures how long the hub takes to answer, in ms. */
  readonly measure: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** The fleet whose credential the user holds. */
export interface FleetSource {
  /** @throws HealerError if the hub cannot be reached or refuses the credential */
  readonly connect: () => Promise<FleetConnection>;
}
