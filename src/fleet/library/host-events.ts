import type { Bus } from '../bus/connect-bus.ts';
import type { EventOptions } from '../../client/attach/client-options.ts';
import type { HostSelector } from '../contract/host-selector.ts';
import type { NamedHost } from '../contract/outcomes.ts';
import { matchesSelector } from '../contract/select-hosts.ts';
import { FleetWatch } from '../operator/watch-fleet.ts';
import { Feed } from './feed.ts';
import type { FleetHostClient } from './fleet-host-client.ts';
import type { HostEvent, HostEventOptions } from './fleet-options.ts';

interface EventSources {
  readonly bus: Bus;
  readonly openHost: (host: NamedHost) => FleetHostClient;
}

/** Iterates over the events of the selected hosts. A host is followed from when it is there until it is forgotten. */
export function iterateEvents(
  { bus, openHost }: EventSources,
  selector: HostSelector,
  options: HostEventOptions,
  onEnd: () => void,
): Feed<HostEvent> {
  const followed = new Map<string, FleetHostClient>();
  let count = 0;
  const follow = async (client: FleetHostClient, { site, host }: NamedHost): Promise<void> => {
    try {
      for await (const event of client.events(eventOptions({ site, host }, options))) {
        await feed.hasRoom();
        feed.put(count++, { site, host, event });
      }
    } catch (error) {
      if (options.onRefused === undefined) feed.fail(error);
      else options.onRefused(error as Error, { site, host });
    }
  };
  const watch = new FleetWatch(bus, {
    onChange: ({ hosts, removed }) => {
      for (const key of removed) {
        followed.get(key)?.close();
        followed.delete(key);
      }
      for (const each of hosts) {
        const isThere = each.presence === 'live' || each.presence === 'late';
        if (!isThere || followed.has(each.key) || !matchesSelector(selector, each)) continue;
        const client = openHost(each);
        followed.set(each.key, client);
        void follow(client, each);
      }
    },
  });
  const feed = new Feed<HostEvent>({
    signal: options.signal,
    onEnd: () => {
      watch.close();
      for (const client of followed.values()) client.close();
      onEnd();
    },
  });
  watch.start();
  return feed;
}

function eventOptions({ site, host }: NamedHost, options: HostEventOptions): EventOptions {
  const { process, afterSeq, onMissed } = options;
  const after = afterSeq?.[`${site}/${host}`];
  return {
    ...(process === undefined ? {} : { process }),
    ...(after === undefined ? {} : { afterSeq: after }),
    ...(onMissed === undefined ? {} : { onMissed: (count: number) => onMissed(count, { site, host }) }),
  };
}
