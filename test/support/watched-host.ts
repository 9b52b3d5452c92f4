import type { WatchedHost } from '../../src/fleet/contract/watched-host.ts';
import { fleetHost } from './fleet-rows.ts';

/** Returns a host as a watch reports it, heard just now. */
export function watchedHost(
  host: string,
  over: Partial<WatchedHost> = {},
  row: Parameters<typeof fleetHost>[1] = {},
): WatchedHost {
  const known = fleetHost({ host, ...over }, row);
  return { ...known, key: `${known.site}.${host}`, seenAt: over.seenAt ?? performance.now() };
}
