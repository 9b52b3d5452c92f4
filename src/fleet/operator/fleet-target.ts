import type { EngineTarget } from '../../client/connection/engine-target.ts';
import { busTarget } from './bus-target.ts';
import { connectFleet } from './connect-fleet.ts';
import { parseWantedHost } from './find-host.ts';

/**
 * Returns the engine of a host of the fleet whose credential the user holds.
 * @param name the host, or its site and the host, as in `eu/web-01`
 * @throws HealerError INVALID_CONFIG for an invalid name
 */
export function fleetTarget(configDir: string, name: string, clientName: string): EngineTarget {
  const wanted = parseWantedHost(name);
  return busTarget({ connectBus: () => connectFleet(configDir, { clientName }), ownsBus: true, wanted });
}
