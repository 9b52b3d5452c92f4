import { Counter, Gauge, Registry } from 'prom-client';
import type { EngineStatus, SnapshotRow } from '../../../protocol/snapshot.ts';

/** What has happened since the engine started. Bounded by the programs that are known. */
export interface ProgramTotals {
  readonly cpuSeconds: number;
  /** By cause, as the event `restarted` tells it. */
  readonly restarts: ReadonlyMap<string, number>;
  /** By the kind of event that told them. */
  readonly anomalies: ReadonlyMap<string, number>;
}

export interface MetricsSource {
  readonly status: () => EngineStatus;
  readonly rows: () => readonly SnapshotRow[];
  readonly totalsOf: (id: string) => ProgramTotals;
  readonly now: () => number;
}

const MB = 2 ** 20;
const ALIVE = ['running', 'starting', 'paused', 'stopping'];

/** All figures in the format of Prometheus, made when they are asked for. */
export async function describeMetrics(
  source: MetricsSource,
): Promise<{ readonly type: string; readonly text: string }> {
  const registry = new Registry();
  addEngine(registry, source);
  for (const add of [addStates, addUsage, addTotals]) add(registry, source);
  return { type: registry.contentType, text: await registry.metrics() };
}

function addEngine(registry: Registry, { status }: MetricsSource): void {
  const { instance, version, startedAt, load, counts } = status();
  const registers = [registry];
  new Gauge({
    name: 'healer_build_info',
    help: 'Always 1; the version is in the labels.',
    labelNames: ['version', 'engine', 'node'],
    registers,
  }).set({ version, engine: instance, node: process.version }, 1);
  new Gauge({
    name: 'healer_engine_start_time_seconds',
    help: 'When the engine started, in seconds since 1970.',
    registers,
  }).set(Date.parse(startedAt) / 1000);
  new Gauge({
    name: 'healer_engine_resident_memory_bytes',
    help: 'Resident memory of the engine itself.',
    registers,
  }).set(load.memoryMb * MB);
  if (load.openFiles !== null)
    new Gauge({ name: 'healer_engine_open_fds', help: 'Open file descriptors of the engine itself.', registers }).set(
      load.openFiles,
    );
  const cpu = process.cpuUsage();
  new Counter({ name: 'healer_engine_cpu_seconds_total', help: 'CPU time of the engine itself.', registers }).inc(
    (cpu.user + cpu.system) / 1e6,
  );
  const programs = new Gauge({
    name: 'healer_processes',
    help: 'Programs by state.',
    labelNames: ['state'],
    registers,
  });
  for (const [state, count] of Object.entries(counts)) if (state !== 'total') programs.set({ state }, count);
}

function addStates(registry: Registry, { rows, now }: MetricsSource): void {
  const common = { labelNames: ['process'], registers: [registry] };
  const up = new Gauge({ name: 'healer_process_up', help: '1 while a process of the program lives.', ...common });
  const healthy = new Gauge({
    name: 'healer_process_healthy',
    help: '1 while its health check passes; missing without one.',
    ...common,
  });
  const cooldown = new Gauge({
    name: 'healer_process_cooldown_active',
    help: '1 while it rests because it restarted too often.',
    ...common,
  });
  const held = new Gauge({
    name: 'healer_process_healing_held',
    help: '1 while faults are told and not healed.',
    ...common,
  });
  const uptime = new Gauge({
    name: 'healer_process_uptime_seconds',
    help: 'How long its present run has lasted.',
    ...common,
  });
  for (const { id, state, health, healing, startedAt } of rows()) {
    const process = { process: id };
    up.set(process, ALIVE.includes(state) ? 1 : 0);
    cooldown.set(process, state === 'cooldown' ? 1 : 0);
    held.set(process, healing === 'on' ? 0 : 1);
    if (health !== 'unknown') healthy.set(process, health === 'healthy' ? 1 : 0);
    if (startedAt !== null) uptime.set(process, Math.max(0, now() - Date.parse(startedAt)) / 1000);
  }
}

function addUsage(registry: Registry, { rows }: MetricsSource): void {
  const common = { labelNames: ['process'], registers: [registry] };
  const memory = new Gauge({
    name: 'healer_process_resident_memory_bytes',
    help: 'Resident memory of the whole tree.',
    ...common,
  });
  const memoryLimit = new Gauge({
    name: 'healer_process_memory_limit_bytes',
    help: 'Its memory limit; missing without one.',
    ...common,
  });
  const cpuLimit = new Gauge({
    name: 'healer_process_cpu_limit_ratio',
    help: 'Its CPU limit, 1 for one core; missing without one.',
    ...common,
  });
  const tree = new Gauge({
    name: 'healer_process_tree_processes',
    help: 'Living processes of the whole tree.',
    ...common,
  });
  for (const { id, memoryMb, processes, limits } of rows()) {
    const process = { process: id };
    tree.set(process, processes);
    if (memoryMb !== null) memory.set(process, memoryMb * MB);
    if (limits.memoryMb !== null) memoryLimit.set(process, limits.memoryMb * MB);
    if (limits.cpuPercent !== null) cpuLimit.set(process, limits.cpuPercent / 100);
  }
}

function addTotals(registry: Registry, { rows, totalsOf }: MetricsSource): void {
  const registers = [registry];
  const cpu = new Counter({
    name: 'healer_process_cpu_seconds_total',
    help: 'CPU time of the whole tree since the engine started.',
    labelNames: ['process'],
    registers,
  });
  const restarts = new Counter({
    name: 'healer_process_restarts_total',
    help: 'Restarts since the engine started.',
    labelNames: ['process', 'reason'],
    registers,
  });
  const anomalies = new Counter({
    name: 'healer_process_anomalies_total',
    help: 'Anomalies found since the engine started.',
    labelNames: ['process', 'kind'],
    registers,
  });
  for (const { id } of rows()) {
    const totals = totalsOf(id);
    cpu.inc({ process: id }, totals.cpuSeconds);
    for (const [reason, count] of totals.restarts) restarts.inc({ process: id, reason }, count);
    for (const [kind, count] of totals.anomalies) anomalies.inc({ process: id, kind }, count);
  }
}
