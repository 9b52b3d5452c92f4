import { AttachedClient } from '../../client/attach/attached-client.ts';
import { createClientOf, type ReconnectingClient } from '../../client/attach/reconnecting-client.ts';
import type { EngineTarget } from '../../client/connection/engine-target.ts';
import type { NamedHost } from '../contract/outcomes.ts';

/**
 * A client of the engine of one host, reached over the hub, with the methods of `HealerClient`. While the host is away,
 * methods reject, and the client tries to reach it again.
 */
export class FleetHostClient extends AttachedClient implements NamedHost {
  readonly site: string;
  readonly host: string;

  private constructor(client: ReconnectingClient, { site, host }: NamedHost) {
    super(client);
    this.site = site;
    this.host = host;
  }

  /** Attaches to the engine of a host. @throws HealerError when the first attempt fails */
  static async attachTo(target: EngineTarget, host: NamedHost, signal?: AbortSignal): Promise<FleetHostClient> {
    return new FleetHostClient(await AttachedClient.attach(target, signal), host);
  }

  /** Returns a client that attaches to the engine of a host as soon as it can be reached. */
  static attachLater(target: EngineTarget, host: NamedHost): FleetHostClient {
    return new FleetHostClient(createClientOf(target), host);
  }
}
