import { AttachedClient } from './attach/attached-client.ts';
import { discoverEngine, type DiscoverOptions } from './remote/discover-engine.ts';
import { remoteTarget } from './remote/connect-remote.ts';
import type { RemoteOptions } from './remote/remote-options.ts';

/** An engine anywhere, over its remote API. */
export class RemoteHealerClient extends AttachedClient {
  /** @throws HealerError ENGINE_NOT_RUNNING, TIMEOUT, UNAUTHENTICATED or FORBIDDEN */
  static async connect(options: RemoteOptions): Promise<RemoteHealerClient> {
    return new RemoteHealerClient(await AttachedClient.attach(remoteTarget(options)));
  }

  /**
   * Looks for an engine: on this machine first, then on the local subnet, and attaches to the one that answers first. A
   * token goes to whoever answers; where that may be anybody, connect to a known URL instead.
   * @throws HealerError ENGINE_NOT_RUNNING when none answers in time
   */
  static async discover(options: DiscoverOptions & Omit<RemoteOptions, 'url'> = {}): Promise<RemoteHealerClient> {
    const { token, ca, timeoutMs } = options;
    const url = await discoverEngine(options);
    return RemoteHealerClient.connect({
      url,
      ...(token === undefined ? {} : { token }),
      ...(ca === undefined ? {} : { ca }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
  }
}
