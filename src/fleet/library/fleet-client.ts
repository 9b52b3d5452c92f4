import { resolvePaths } from '../../config/instance/paths.ts';
import type { SelectedOperation } from '../../protocol/operations.ts';
import { HealerError } from '../../protocol/errors.ts';
import { type Bus, connectBus } from '../bus/connect-bus.ts';
import { type BusRole, personCredentialFile, readCredential } from '../bus/credential.ts';
import { HubTime } from '../bus/hub-time.ts';
import type { FleetHost } from '../contract/fleet-host.ts';
import { type HostSelector, parseHostSelector } from '../contract/host-selector.ts';
import { inOrder } from '../contract/order-hosts.ts';
import { countOutcomes, type FleetPlan, type NamedHost } from '../contract/outcomes.ts';
import { selectHosts } from '../contract/select-hosts.ts';
import { busTarget } from '../operator/bus-target.ts';
import { HostCaller } from '../operator/call-host.ts';
import { noCredential } from '../operator/connect-fleet.ts';
import { findHost, parseWantedHost } from '../operator/find-host.ts';
import { operateHosts } from '../operator/operate-hosts.ts';
import { planOperation } from '../operator/plan-operation.ts';
import { readFleet } from '../operator/read-fleet.ts';
import type { Feed } from './feed.ts';
import { FleetHostClient } from './fleet-host-client.ts';
import type {
  FleetConnectOptions,
  FleetResult,
  HostChange,
  HostEvent,
  HostEventOptions,
  HostOptions,
  OperateHostsOptions,
} from './fleet-options.ts';
import { iterateHosts } from './host-changes.ts';
import { iterateEvents } from './host-events.ts';

/**
 * A client of a fleet, connected to its hub with the credential of a person. It reconnects when the hub was away. Methods
 * reject with a `HealerError`.
 */
export class FleetClient implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #hosts = new Set<FleetHostClient>();
  readonly #feeds = new Set<Feed<unknown>>();
  #isClosed = false;

  private constructor(bus: Bus) {
    this.#bus = bus;
    void bus.nats.closed().then((error) => this.#hubClosed(error));
  }

  /**
   * Connects to the hub.
   * @throws HealerError FORBIDDEN without a credential, UNAUTHENTICATED if it was revoked, INVALID_CONFIG if it is damaged,
   *   or IO_ERROR if the hub cannot be reached
   */
  static async connect({ credentialFile, signal }: FleetConnectOptions = {}): Promise<FleetClient> {
    signal?.throwIfAborted();
    const file = credentialFile ?? personCredentialFile(resolvePaths(process.env).configDir);
    const credential = readCredential(file);
    if (credential === null) throw noCredential(file);
    const bus = await connectBus(credential, { clientName: 'library' });
    if (signal?.aborted === true) await bus.close();
    signal?.throwIfAborted();
    return new FleetClient(bus);
  }

  /** The name of the person, under which hosts record changes. */
  get name(): string {
    return this.#bus.credential.name;
  }

  /** What the credential permits. */
  get role(): BusRole {
    return this.#bus.credential.role;
  }

  /** The addresses of the hub. */
  get servers(): readonly string[] {
    return this.#bus.credential.servers;
  }

  /**
   * Returns all hosts, or those that a selector selects, those that need attention first.
   * @throws HealerError INVALID_CONFIG for a wrong selector, NOT_FOUND for a name that no host has
   */
  async hosts(selector = ''): Promise<readonly FleetHost[]> {
    const parsed = selectorOf(selector);
    const { hosts, problems } = selectHosts(parsed, await readFleet(this.#bus));
    if (problems.length > 0) throw new HealerError('NOT_FOUND', problems.join('; '));
    return inOrder(hosts);
  }

  /**
   * Iterates over the selected hosts, each once, and then again whenever its row, facts or labels change, until `break` or
   * `close`. A consumer that falls behind gets only the latest state of each host.
   */
  rows({ selector = '', ...options }: HostOptions = {}): AsyncIterableIterator<HostChange, undefined> {
    const parsed = selectorOf(selector);
    this.#requireOpen();
    return this.#keep((onEnd) => iterateHosts(this.#bus, parsed, options, onEnd));
  }

  /**
   * Iterates over the events of the selected hosts, of each host every event once and in order, until `break` or `close`.
   * Hosts that join or return meanwhile are included.
   */
  events({ selector = '', ...options }: HostEventOptions = {}): AsyncIterableIterator<HostEvent, undefined> {
    const parsed = selectorOf(selector);
    this.#requireOpen();
    const openHost = (host: NamedHost): FleetHostClient =>
      FleetHostClient.attachLater(this.#targetOf(host), { site: host.site, host: host.host });
    return this.#keep((onEnd) => iterateEvents({ bus: this.#bus, openHost }, parsed, options, onEnd));
  }

  /**
   * Attaches to the engine of a host. The client has the methods of `HealerClient`.
   * @param name as in `web-01`, or with its site, as in `eu/web-01`
   * @throws HealerError NOT_FOUND, ENGINE_NOT_RUNNING if the host is away, or TIMEOUT
   */
  async host(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<FleetHostClient> {
    this.#requireOpen();
    const host = await findHost(this.#bus, parseWantedHost(name));
    const client = await FleetHostClient.attachTo(this.#targetOf(host), host, signal);
    this.#hosts.add(client);
    return client;
  }

  /** Returns what an operation on programs of the selected hosts would do. @throws HealerError as `hosts` does */
  async plan(operation: SelectedOperation, programs: readonly string[], selector: string): Promise<FleetPlan> {
    return planOperation({ operation, programs }, await this.hosts(selector), this.#bus.credential);
  }

  /**
   * Performs an operation on programs of the selected hosts, on all of them at once. Hosts that are absent or refuse are
   * not asked. Each request carries an id and a deadline, so that no host performs it late or twice.
   * @param programs ids, `@group`, globs such as `web-*`, or `all`
   * @throws HealerError as `hosts` does; then nothing is performed
   */
  async operate(
    operation: SelectedOperation,
    programs: readonly string[],
    selector: string,
    { timeoutMs, onOutcome = () => undefined }: OperateHostsOptions = {},
  ): Promise<FleetResult> {
    const hubTime = new HubTime(this.#bus);
    const [plan] = await Promise.all([this.plan(operation, programs, selector), hubTime.measure()]);
    const caller = new HostCaller({ bus: this.#bus, hubTime });
    const options = timeoutMs === undefined ? {} : { timeoutMs };
    const outcomes = await operateHosts(caller, plan, options, onOutcome);
    return { plan, outcomes, counts: countOutcomes(outcomes) };
  }

  /** Disconnects, closes the clients of hosts, and ends all iterators. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const feed of [...this.#feeds]) await feed.return();
    for (const host of this.#hosts) host.close();
    this.#hosts.clear();
    await this.#bus.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #targetOf({ site, host }: NamedHost): ReturnType<typeof busTarget> {
    return busTarget({ connectBus: () => Promise.resolve(this.#bus), ownsBus: false, wanted: { site, host } });
  }

  #keep<T>(start: (onEnd: () => void) => Feed<T>): Feed<T> {
    const feed = start(() => this.#feeds.delete(feed as Feed<unknown>));
    if (!feed.isEnded) this.#feeds.add(feed as Feed<unknown>);
    return feed;
  }

  #requireOpen(): void {
    if (this.#isClosed) throw new HealerError('ENGINE_NOT_RUNNING', 'this client was closed; connect again');
  }

  /** The hub refuses a credential that was revoked. */
  #hubClosed(error: unknown): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const message = `the hub closed the connection: the credential of "${this.name}" was revoked, or it expired`;
    const reason = new HealerError('UNAUTHENTICATED', message, {}, { cause: error });
    for (const feed of [...this.#feeds]) feed.fail(reason);
    for (const host of this.#hosts) host.close();
  }
}

/** @throws HealerError INVALID_CONFIG */
function selectorOf(text: string): HostSelector {
  const parsed = parseHostSelector(text);
  if ('problem' in parsed) throw new HealerError('INVALID_CONFIG', parsed.problem);
  return parsed.selector;
}
