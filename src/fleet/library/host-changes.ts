import type { Bus } from '../bus/connect-bus.ts';
import type { FleetHost } from '../contract/fleet-host.ts';
import type { HostSelector } from '../contract/host-selector.ts';
import { matchesSelector } from '../contract/select-hosts.ts';
import { FleetWatch } from '../operator/watch-fleet.ts';
import { Feed } from './feed.ts';
import type { HostChange, HostOptions } from './fleet-options.ts';

/** Iterates over the selected hosts, each once, and then again whenever it changes. */
export function iterateHosts(
  bus: Bus,
  selector: HostSelector,
  { signal }: Pick<HostOptions, 'signal'>,
  onEnd: () => void,
): Feed<HostChange> {
  const selected = new Map<string, FleetHost>();
  const drop = (key: string): void => {
    const known = selected.get(key);
    if (known === undefined) return;
    selected.delete(key);
    feed.put(key, { site: known.site, host: known.host, state: null });
  };
  const watch = new FleetWatch(bus, {
    onChange: ({ hosts, removed }) => {
      for (const key of removed) drop(key);
      for (const state of hosts) {
        const { key, site, host } = state;
        if (!matchesSelector(selector, state)) {
          drop(key);
          continue;
        }
        selected.set(key, state);
        feed.put(key, { site, host, state });
      }
    },
  });
  const feed = new Feed<HostChange>({
    signal,
    onEnd: () => {
      watch.close();
      onEnd();
    },
  });
  watch.start();
  return feed;
}
