import { validSettings } from '../../config/registry/settings.ts';
import { type Moment, wallTimeOf } from '../../policy/moment.ts';
import type { Paths } from '../../config/instance/paths.ts';
import type { ContainmentStatus, EngineLoad, EngineStatus, HostFacts } from '../../protocol/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import type { Degradations } from '../core/degradations.ts';
import type { Engine } from '../core/engine.ts';
import type { PeerReport } from '../core/peer-report.ts';
import type { Tally } from '../core/tally.ts';
import type { CgroupsResult } from '../os/cgroups.ts';
import { countHealing, countHealth, countStates, describeShortages } from '../core/program-counts.ts';
import type { Records } from '../records/records.ts';
import type { HealingPauses } from '../operations/healing-pauses.ts';
import type { HostSampler } from '../sampling/host-facts.ts';
import { OwnLoad } from '../sampling/own-load.ts';
import { SERVER_LIMITS } from '../servers/server-limits.ts';
import type { Sources } from '../definitions/sources.ts';
import type { EventLog } from '../store/event-log.ts';
import { PACKAGE_VERSION } from '../../base/package-version.ts';
import type { Alerting } from './alerting.ts';

/** Interval between two readings of the host's figures while a client follows the live table. */
const HOST_MS = 2_000;
const MIB = 2 ** 20;

/** What the status describes. */
interface DescribedEngine {
  readonly parts: {
    readonly paths: Pick<Paths, 'instance'>;
    readonly clock: Clock;
    readonly host: HostSampler;
    readonly containment: CgroupsResult;
  };
  readonly engine: Pick<Engine, 'programs'>;
  readonly healingPauses: Pick<HealingPauses, 'status'>;
  readonly records: Pick<Records, 'problem'>;
  readonly events: Pick<EventLog, 'held'>;
  readonly sources: Pick<Sources, 'names' | 'settings'>;
  readonly degradations: Pick<Degradations, 'list'>;
  readonly alerting: Pick<Alerting, 'status'>;
  readonly notices: { readonly ignored: number };
  readonly clients: Pick<Tally, 'total'>;
  /** Data that waits for clients, in bytes. */
  readonly unsent: Pick<Tally, 'total'>;
  readonly peer: PeerReport;
  /** The subscribers of the live table. */
  readonly rowWatchers: { readonly count: number };
}

/** The status of the engine, its host and its programs: the response to `status`, and the header of the live table. */
export class OwnStatus {
  readonly #described: DescribedEngine;
  readonly #load = new OwnLoad();
  readonly #startedAt: Moment;
  #host: HostFacts;
  #hostAt = 0;

  constructor(described: DescribedEngine) {
    const { clock, host } = described.parts;
    this.#described = described;
    this.#startedAt = clock.now();
    this.#host = host.facts();
  }

  /** Measures the engine's own load. Call it every second. The host is read only while a client follows the live table. */
  tick(): void {
    this.#load.measure();
    const { parts, rowWatchers } = this.#described;
    const { mono } = parts.clock.now();
    if (rowWatchers.count === 0 || mono - this.#hostAt < HOST_MS) return;
    this.#hostAt = mono;
    void parts.host.refresh().then((facts) => (this.#host = facts));
  }

  read(): EngineStatus {
    const { parts, engine, records, events, sources, degradations, alerting, notices, peer } = this.#described;
    const now = parts.clock.now();
    const problems = records.problem === null ? [] : [`cannot write state: ${records.problem}`];
    return {
      instance: parts.paths.instance,
      pid: process.pid,
      version: PACKAGE_VERSION,
      startedAt: new Date(wallTimeOf(this.#startedAt, now)).toISOString(),
      uptimeMs: Math.max(0, Math.round(now.mono - this.#startedAt.mono)),
      host: this.#host,
      counts: countStates(engine.programs.values()),
      health: countHealth(engine.programs.values()),
      load: { ...this.#load.read(), eventsHeld: events.held, ...this.#clients() },
      degraded: [...degradations.list(), ...problems, ...describeShortages(engine.programs.values())],
      healing: this.#healing(),
      sources: sources.names,
      alerts: alerting.status(),
      containment: containmentStatus(parts.containment),
      ...(notices.ignored === 0 ? {} : { ignoredNotifications: notices.ignored }),
      partner: peer.view,
    };
  }

  #clients(): Pick<EngineLoad, 'clients' | 'unsentMb' | 'unsentLimitMb'> {
    const { clients, unsent } = this.#described;
    return {
      clients: clients.total,
      unsentMb: Math.round((unsent.total / MIB) * 10) / 10,
      unsentLimitMb: SERVER_LIMITS.unsentBytes / MIB,
    };
  }

  /** The setting `healing` puts every program into observe mode whose definition does not say otherwise. */
  #healing(): EngineStatus['healing'] {
    const { engine, healingPauses, sources } = this.#described;
    const healing = healingPauses.status();
    const { observed, on } = countHealing(engine.programs.values());
    const isObserving = validSettings(sources.settings).healing === 'observe' && on === 0;
    return { ...healing, mode: healing.mode === 'on' && isObserving ? 'observed' : healing.mode, observed };
  }
}

function containmentStatus(result: CgroupsResult): ContainmentStatus {
  if (result.cgroups === null) return { kind: 'process tree', detail: result.problem };
  const { folder, controllers } = result.cgroups;
  const limits = controllers.length === 0 ? 'without kernel limits' : `with ${controllers.join(' and ')} limits`;
  return { kind: 'cgroup', detail: `${folder}, ${limits}` };
}
