import { ANOMALY_KINDS } from '../protocol/event-kinds.ts';
import { hasProcess } from '../protocol/process-phase.ts';
import { PROCESS_STATES } from '../protocol/process-state.ts';
import { RESTARTED_CAUSES } from '../protocol/restart-cause.ts';
import type { EngineStatus, SnapshotRow } from '../protocol/snapshot.ts';

/** What happened to a program since healer first managed it. The values never decrease. */
export interface ProgramTotals {
  /** When counting began, in ms since 1970. */
  readonly sinceMs: number;
  readonly cpuSeconds: number;
  readonly cooldowns: number;
  /** By the cause in the data of `restarted` events. */
  readonly restarts: ReadonlyMap<string, number>;
  /** By kind of event. */
  readonly anomalies: ReadonlyMap<string, number>;
}

/** The data that metrics are computed from. */
export interface FigureFacts {
  readonly status: EngineStatus;
  readonly rows: readonly SnapshotRow[];
  readonly totalsOf: (id: string) => ProgramTotals;
  /** Whether the program is supposed to run. */
  readonly isWanted: (id: string) => boolean;
  readonly nowMs: number;
  /** CPU time of the engine itself. */
  readonly ownCpuSeconds: number;
  /** When the process of the engine started, in ms since 1970. */
  readonly ownSinceMs: number;
  readonly nodeVersion: string;
}

export interface FigurePoint {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** When a counter was 0, in ms since 1970; absent for gauges. */
  readonly sinceMs?: number;
}

/** A unit of UCUM (https://ucum.org), as in OpenTelemetry; empty for a count or a flag. */
export type FigureUnit = '' | 's' | 'By' | '1';

export interface Figure {
  /** In the format of OpenTelemetry, without the unit. */
  readonly name: string;
  readonly kind: 'gauge' | 'counter';
  readonly unit: FigureUnit;
  readonly help: string;
  readonly points: readonly FigurePoint[];
}

const MB = 2 ** 20;

/** Returns all metrics of the engine and its programs. */
export function figuresOf(facts: FigureFacts): readonly Figure[] {
  return [...engineFigures(facts), ...stateFigures(facts), ...usageFigures(facts), ...totalFigures(facts)];
}

function engineFigures({ status, ownCpuSeconds, ownSinceMs, nodeVersion }: FigureFacts): readonly Figure[] {
  const { instance, version, startedAt, load, counts } = status;
  const build = { version, engine: instance, node: nodeVersion };
  const files = load.openFiles === null ? [] : [{ labels: {}, value: load.openFiles }];
  const one = (value: number): readonly FigurePoint[] => [{ labels: {}, value }];
  return [
    gauge('healer.build_info', '', 'Always 1; the version is in the labels.', [{ labels: build, value: 1 }]),
    gauge(
      'healer.engine.start_time',
      's',
      'When the engine started, in seconds since 1970.',
      one(Date.parse(startedAt) / 1000),
    ),
    gauge('healer.engine.resident_memory', 'By', 'Resident memory of the engine itself.', one(load.memoryMb * MB)),
    gauge('healer.engine.open_fds', '', 'Open file descriptors of the engine itself.', files),
    counter('healer.engine.cpu', 's', 'CPU time of the engine itself.', [
      { labels: {}, value: ownCpuSeconds, sinceMs: ownSinceMs },
    ]),
    gauge(
      'healer.processes',
      '',
      'Programs by state.',
      PROCESS_STATES.map((state) => ({ labels: { state }, value: counts[state] ?? 0 })),
    ),
  ];
}

function stateFigures({ rows, nowMs, isWanted }: FigureFacts): readonly Figure[] {
  const perRow = (valueOf: (row: SnapshotRow) => number | boolean | null): readonly FigurePoint[] =>
    rows.flatMap((row) => pointOf(row.id, valueOf(row)));
  return [
    gauge(
      'healer.process.up',
      '',
      '1 while a process of the program is alive.',
      perRow(({ state }) => hasProcess(state)),
    ),
    gauge(
      'healer.process.wanted',
      '',
      '1 while the program is supposed to run; 0 if it was stopped or disabled, or has completed its work.',
      perRow(({ id }) => isWanted(id)),
    ),
    gauge(
      'healer.process.healthy',
      '',
      '1 while its health check passes; absent without a check.',
      perRow(({ health }) => (health === 'unknown' ? null : health === 'healthy')),
    ),
    gauge(
      'healer.process.cooldown_active',
      '',
      '1 while the program is in cooldown.',
      perRow(({ state }) => state === 'cooldown'),
    ),
    gauge(
      'healer.process.healing_held',
      '',
      '1 while healing is paused or in observe mode.',
      perRow(({ healing }) => healing !== 'on'),
    ),
    gauge(
      'healer.process.uptime',
      's',
      'Uptime of the current run.',
      perRow(({ startedAt }) => (startedAt === null ? null : Math.max(0, nowMs - Date.parse(startedAt)) / 1000)),
    ),
  ];
}

function usageFigures({ rows }: FigureFacts): readonly Figure[] {
  const perRow = (valueOf: (row: SnapshotRow) => number | null): readonly FigurePoint[] =>
    rows.flatMap((row) => pointOf(row.id, valueOf(row)));
  const bytes = (mb: number | null): number | null => (mb === null ? null : mb * MB);
  return [
    gauge(
      'healer.process.resident_memory',
      'By',
      'Memory of the whole tree, as healer.process.memory_measure names it and limits are checked: shared pages count once near the limit.',
      perRow(({ memoryMb }) => bytes(memoryMb)),
    ),
    gauge(
      'healer.process.memory_measure',
      '',
      'Always 1, with the measure of the memory of the tree: rss, pss, cgroup or estimate.',
      rows.flatMap(({ id, memoryMeasure }) =>
        memoryMeasure === null ? [] : [{ labels: { process: id, measure: memoryMeasure }, value: 1 }],
      ),
    ),
    gauge(
      'healer.process.memory_limit',
      'By',
      'Memory limit; absent if there is none.',
      perRow(({ limits }) => bytes(limits.memoryMb)),
    ),
    gauge(
      'healer.process.cpu_limit',
      '1',
      'CPU limit, 1 for one core; absent if there is none.',
      perRow(({ limits }) => (limits.cpuPercent === null ? null : limits.cpuPercent / 100)),
    ),
    gauge(
      'healer.process.tree_processes',
      '',
      'Living processes of the whole tree.',
      perRow(({ processes }) => processes),
    ),
  ];
}

function totalFigures({ rows, totalsOf }: FigureFacts): readonly Figure[] {
  const totals = rows.map(({ id }) => ({ id, ...totalsOf(id) }));
  const count = (id: string, sinceMs: number, value: number): FigurePoint => ({
    labels: { process: id },
    value,
    sinceMs,
  });
  return [
    counter(
      'healer.process.cpu',
      's',
      'CPU time of the whole tree, of all runs.',
      totals.map(({ id, sinceMs, cpuSeconds }) => count(id, sinceMs, cpuSeconds)),
    ),
    counter(
      'healer.process.cooldowns',
      '',
      'Cooldowns that began.',
      totals.map(({ id, sinceMs, cooldowns }) => count(id, sinceMs, cooldowns)),
    ),
    counter(
      'healer.process.restarts',
      '',
      'Restarts by reason.',
      totals.flatMap(({ id, sinceMs, restarts }) => countsBy(id, 'reason', RESTARTED_CAUSES, restarts, sinceMs)),
    ),
    counter(
      'healer.process.anomalies',
      '',
      'Anomalies found, by kind.',
      totals.flatMap(({ id, sinceMs, anomalies }) => countsBy(id, 'kind', ANOMALY_KINDS, anomalies, sinceMs)),
    ),
  ];
}

/** Returns a point for each name: without those that are 0, a client could not see the first increase. */
function countsBy(
  process: string,
  label: string,
  names: readonly string[],
  counts: ReadonlyMap<string, number>,
  sinceMs: number,
): readonly FigurePoint[] {
  const all = new Set([...names, ...counts.keys()]);
  return [...all].map((name) => ({ labels: { process, [label]: name }, value: counts.get(name) ?? 0, sinceMs }));
}

function pointOf(process: string, value: number | boolean | null): readonly FigurePoint[] {
  return value === null ? [] : [{ labels: { process }, value: Number(value) }];
}

function gauge(name: string, unit: FigureUnit, help: string, points: readonly FigurePoint[]): Figure {
  return { name, kind: 'gauge', unit, help, points };
}

function counter(name: string, unit: FigureUnit, help: string, points: readonly FigurePoint[]): Figure {
  return { name, kind: 'counter', unit, help, points };
}
