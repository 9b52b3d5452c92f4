import type { FleetFacts } from '../../src/fleet/contract/facts.ts';
import type { FleetHost } from '../../src/fleet/contract/fleet-host.ts';
import type { FleetRow } from '../../src/fleet/contract/row.ts';

/** Returns a row of a healthy host. */
export function fleetRow(over: Partial<FleetRow> = {}): FleetRow {
  return {
    site: 'eu',
    host: 'web-01',
    epoch: '0a1b2c3d',
    seq: 1,
    at: 1_764_430_000_000,
    engine: 'up',
    counts: { running: 3 },
    programs: 3,
    unhealthy: 0,
    worst: [],
    cpuPercent: 12.5,
    memoryPercent: 40,
    load: 0.5,
    lastEventSeq: 88,
    version: '0.3.1',
    protocol: 1,
    engineCpuPercent: 0.4,
    engineMemoryMb: 52,
    degraded: 0,
    skewMs: null,
    collision: false,
    revision: null,
    bye: false,
    ...over,
  };
}

/** Returns the facts of a host. */
export function fleetFacts(over: Partial<FleetFacts> = {}): FleetFacts {
  return {
    site: 'eu',
    host: 'web-01',
    epoch: '0a1b2c3d',
    at: 1_764_430_000_000,
    hostname: 'web-01.example.com',
    instance: 'default',
    version: '0.3.1',
    protocol: 1,
    os: 'Debian GNU/Linux 12',
    kernel: '6.1.0',
    arch: 'x64',
    nodeVersion: 'v20.19.0',
    cores: 4,
    memoryMb: 8000,
    machine: 'f00dfeed',
    boot: '3b1f2c9e-0000-4000-8000-000000000000',
    bootedAt: 1_764_170_000_000,
    engineStartedAt: 1_764_400_000_000,
    labels: {},
    allow: 'operate',
    revision: null,
    ...over,
  };
}

/** Returns what is known about a healthy host. */
export function fleetHost(over: Partial<FleetHost> = {}, row: Partial<FleetRow> | null = {}): FleetHost {
  const site = over.site ?? 'eu';
  const host = over.host ?? 'web-01';
  return {
    site,
    host,
    labels: { role: 'web' },
    presence: 'live',
    ageMs: 1000,
    row: row === null ? null : fleetRow({ site, host, ...row }),
    facts: null,
    fencedAt: null,
    problem: null,
    ...over,
  };
}
