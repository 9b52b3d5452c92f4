import { sanitizeText } from '../../base/sanitize-text.ts';
import type { EngineTarget } from '../../client/connection/engine-target.ts';
import type { WatchedHost } from '../../fleet/contract/watched-host.ts';
import { HealerError, toHealerError } from '../../protocol/errors.ts';
import { FleetModel } from './fleet-model.ts';
import type { FleetConnection, FleetSource } from './fleet-source.ts';

const RETRY_MS = 3000;
const MEASURE_MS = 10_000;
/** While the hosts are still being read. */
const FIRST_MEASURE_MS = 500;

/** Keeps watching the fleet while the terminal UI runs, also while the programs of a host are shown. */
export class FleetSession {
  readonly model = new FleetModel();
  readonly #source: FleetSource;
  readonly #listeners = new Set<() => void>();
  #connection: FleetConnection | null = null;
  #endWatch: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(source: FleetSource) {
    this.#source = source;
    void this.#connect();
  }

  /** Calls back when something changed. Returns the function that ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Returns the engine of a host. */
  targetOf(host: WatchedHost): EngineTarget {
    if (this.#connection === null) throw new HealerError('IO_ERROR', 'there is no connection to the hub');
    return this.#connection.targetOf(host);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#endWatch();
    void this.#connection?.close().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    try {
      const connection = await this.#source.connect();
      if (this.#isClosed) {
        await connection.close();
        return;
      }
      this.#connection = connection;
      this.model.hubName = sanitizeText(connection.hub);
      this.#endWatch = connection.watch((change) => {
        this.model.take(change);
        this.#notify();
      });
      void this.#measure(connection);
    } catch (error) {
      if (this.#isClosed) return;
      this.model.hub = { is: 'refused', reason: sanitizeText(toHealerError(error).message) };
      this.#notify();
      this.#timer = setTimeout(() => void this.#connect(), RETRY_MS);
    }
  }

  async #measure(connection: FleetConnection): Promise<void> {
    const roundTripMs = await connection.measure().catch(() => null);
    if (this.#isClosed) return;
    const { hub } = this.model;
    if (hub.is === 'open') this.model.hub = { ...hub, roundTripMs };
    const delayMs = hub.is === 'open' ? MEASURE_MS : FIRST_MEASURE_MS;
    this.#timer = setTimeout(() => void this.#measure(connection), delayMs);
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
