import type { Paths } from '../../config/instance/paths.ts';
import type { PeerView } from '../../protocol/peer-view.ts';
import type { AlertsStatus, ContainmentStatus, EngineStatus, HostFacts } from '../../protocol/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import type { Degradations } from '../core/degradations.ts';
import type { Engine } from '../core/engine.ts';
import type { CgroupsResult } from '../os/cgroups.ts';
import { countHealth, countStates } from '../core/program-counts.ts';
import type { Records } from '../records/records.ts';
import type { Holding } from '../operations/holding.ts';
import type { HostSampler } from '../sampling/host-facts.ts';
import { OwnLoad } from '../sampling/own-load.ts';
import type { Sources } from '../definitions/sources.ts';
import type { EventLog } from '../store/event-log.ts';
import { VERSION } from '../core/version.ts';

/** How often the host's figures are refreshed while somebody looks. */
const HOST_MS = 2_000;

/** The engine as far as its status tells of it. */
interface DescribedEngine {
  readonly parts: {
    readonly paths: Pick<Paths, 'instance'>;
    readonly clock: Clock;
    readonly host: HostSampler;
    readonly containment: CgroupsResult;
  };
  readonly engine: Pick<Engine, 'programs'>;
  readonly holding: Pick<Holding, 'status'>;
  readonly records: Pick<Records, 'trouble'>;
  readonly events: Pick<EventLog, 'held'>;
  readonly sources: Pick<Sources, 'names'>;
  readonly degradations: Pick<Degradations, 'list'>;
  /** Those who follow the live table. */
  readonly rowWatchers: { readonly count: number };
}

/** How the engine, its host and its programs are: the answer to `status`, and the header of the live table. */
export class OwnStatus {
  readonly #described: DescribedEngine;
  readonly #alerts: () => AlertsStatus;
  readonly #load = new OwnLoad();
  readonly #startedAt: number;
  #host: HostFacts;
  #hostAt = 0;
  #clients: () => number = () => 0;
  #partner: () => PeerView | null = () => null;

  constructor(described: DescribedEngine, alerts: () => AlertsStatus) {
    const { clock, host } = described.parts;
    this.#described = described;
    this.#alerts = alerts;
    this.#startedAt = clock.now().wall;
    this.#host = host.facts();
  }

  /** Servers are opened when the engine is there: until then it has no clients. */
  countClients(clients: () => number): void {
    this.#clients = clients;
  }

  knowPeer(partner: () => PeerView | null): void {
    this.#partner = partner;
  }

  /** To be called each second. The host's figures cost too much to be read while nobody looks. */
  tick(): void {
    this.#load.measure();
    const { parts, rowWatchers } = this.#described;
    const { mono } = parts.clock.now();
    if (rowWatchers.count === 0 || mono - this.#hostAt < HOST_MS) return;
    this.#hostAt = mono;
    void parts.host.refresh().then((facts) => (this.#host = facts));
  }

  read(): EngineStatus {
    const { parts, engine, holding, records, events, sources, degradations } = this.#described;
    const trouble = records.trouble === null ? [] : [`cannot write state: ${records.trouble}`];
    return {
      instance: parts.paths.instance,
      pid: process.pid,
      version: VERSION,
      startedAt: new Date(this.#startedAt).toISOString(),
      uptimeMs: Math.max(0, parts.clock.now().wall - this.#startedAt),
      host: this.#host,
      counts: countStates(engine.programs.values()),
      health: countHealth(engine.programs.values()),
      load: { ...this.#load.read(), eventsHeld: events.held, clients: this.#clients() },
      degraded: [...degradations.list(), ...trouble],
      healing: holding.status(),
      sources: sources.names,
      alerts: this.#alerts(),
      containment: containmentStatus(parts.containment),
      partner: this.#partner(),
    };
  }
}

function containmentStatus(result: CgroupsResult): ContainmentStatus {
  if (result.cgroups === null) return { kind: 'process tree', detail: result.problem };
  const { folder, controllers } = result.cgroups;
  const limits = controllers.length === 0 ? 'without limits of the kernel' : `with ${controllers.join(' and ')} limits`;
  return { kind: 'cgroup', detail: `${folder}, ${limits}` };
}
