import { readdirSync } from 'node:fs';
import { publicName } from '../../policy/lifecycle/state.ts';
import type { PartnerView } from '../../protocol/partner-view.ts';
import type { AlertsStatus, ContainmentStatus, EngineLoad, EngineStatus, HostFacts } from '../../protocol/snapshot.ts';
import type { ManagedProgram } from '../managed-program.ts';
import type { CgroupsResult } from '../os/cgroups.ts';

const MB = 2 ** 20;

interface EngineFacts {
  readonly instance: string;
  readonly version: string;
  readonly startedAt: number;
  readonly host: HostFacts;
  readonly programs: readonly ManagedProgram[];
  readonly load: EngineLoad;
  readonly degraded: readonly string[];
  readonly healing: EngineStatus['healing'];
  readonly sources: readonly string[];
  readonly alerts: AlertsStatus;
  readonly containment: ContainmentStatus;
  readonly partner: PartnerView | null;
}

export function statusOf(facts: EngineFacts, nowWall: number): EngineStatus {
  return {
    instance: facts.instance,
    pid: process.pid,
    version: facts.version,
    startedAt: new Date(facts.startedAt).toISOString(),
    uptimeMs: Math.max(0, nowWall - facts.startedAt),
    host: facts.host,
    counts: countStates(facts.programs),
    health: countHealth(facts.programs),
    load: facts.load,
    degraded: facts.degraded,
    healing: facts.healing,
    sources: facts.sources,
    alerts: facts.alerts,
    containment: facts.containment,
    partner: facts.partner,
  };
}

export function containmentStatus(result: CgroupsResult): ContainmentStatus {
  if (result.cgroups === null) return { kind: 'process tree', detail: result.problem };
  const { folder, controllers } = result.cgroups;
  const limits = controllers.length === 0 ? 'without limits of the kernel' : `with ${controllers.join(' and ')} limits`;
  return { kind: 'cgroup', detail: `${folder}, ${limits}` };
}

function countStates(programs: readonly ManagedProgram[]): Record<string, number> {
  const counts: Record<string, number> = { total: 0 };
  for (const { program } of programs) {
    const name = publicName(program.state);
    counts[name] = (counts[name] ?? 0) + 1;
    counts['total'] = (counts['total'] ?? 0) + 1;
  }
  return counts;
}

/** In one line, for service managers: "5 programs: 4 running, 1 backoff". */
export function describeCounts({ total = 0, ...states }: Readonly<Record<string, number>>): string {
  const programs = total === 1 ? '1 program' : `${String(total)} programs`;
  const named = Object.entries(states).map(([state, count]) => `${String(count)} ${state}`);
  return named.length === 0 ? programs : `${programs}: ${named.join(', ')}`;
}

function countHealth(programs: readonly ManagedProgram[]): EngineStatus['health'] {
  const counts = { healthy: 0, unhealthy: 0, unknown: 0 };
  for (const { program } of programs) counts[program.health] += 1;
  const { healthy, unhealthy } = counts;
  return { healthy, unhealthy };
}

/** The engine's own use of resources, measured between two calls. */
export class OwnLoad {
  #cpu = process.cpuUsage();
  #at = performance.now();
  #cpuPercent: number | null = null;
  #openFiles: number | null = null;

  /** To be called once a tick: a shorter time would measure noise. */
  measure(): void {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    this.#cpuPercent = Math.round((user + system) / (now - this.#at)) / 10;
    this.#cpu = process.cpuUsage();
    this.#at = now;
    this.#openFiles = countOpenFiles();
  }

  read(eventsHeld: number, clients: number): EngineLoad {
    return {
      cpuPercent: this.#cpuPercent,
      memoryMb: Math.round((process.memoryUsage.rss() / MB) * 10) / 10,
      openFiles: this.#openFiles,
      eventsHeld,
      clients,
    };
  }
}

function countOpenFiles(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
