import { AttachedClient } from './attach/attached-client.ts';
import { discoverEngine, type DiscoverOptions } from './remote/discover-engine.ts';
import { remoteTarget } from './remote/connect-remote.ts';
import type { RemoteConnectOptions } from './remote/remote-options.ts';

/** A client of an engine on any machine, connected over its remote API. */
export class RemoteHealerClient extends AttachedClient {
  /**
   * Attaches to the engine at a URL.
   * @throws HealerError ENGINE_NOT_RUNNING, TIMEOUT, UNAUTHENTICATED, FORBIDDEN, or INVALID_CONFIG for an invalid URL
   */
  static async connect({ signal, ...options }: RemoteConnectOptions): Promise<RemoteHealerClient> {
    return new RemoteHealerClient(await AttachedClient.attach(remoteTarget(options), signal));
  }

  /**
   * Searches for an engine, first on this machine (127.0.0.1, then ::1; the default port before that of the watcher)
   * and then on the local subnet, and attaches to it; `timeout` limits the search. The token is sent to that host, so use `connect` with a known URL where other hosts are not trusted.
   * @throws HealerError ENGINE_NOT_RUNNING when no engine answers in time, or the errors of `connect`
   */
  static async discover(
    options: DiscoverOptions & Omit<RemoteConnectOptions, 'url'> = {},
  ): Promise<RemoteHealerClient> {
    return RemoteHealerClient.connect({ ...options, url: await discoverEngine(options) });
  }
}
