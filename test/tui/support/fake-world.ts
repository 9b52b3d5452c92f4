import type { AnomalyRecord } from '../../../src/protocol/results/anomaly-record.ts';
import type { CooldownView } from '../../../src/protocol/results/cooldown-view.ts';
import type { OperationResult } from '../../../src/protocol/results/operation-result.ts';
import type { EngineStatus, SnapshotRow } from '../../../src/protocol/snapshot.ts';
import type { CleanLine } from '../../../src/tui/state/log-view.ts';
import type { LogLine } from '../../../src/protocol/log-line.ts';
import { type FakeEngine, type FakeHandlers, startFakeEngine } from '../../support/fake-engine.ts';
import { engineEvent, engineStatus, programDetails, programRow } from '../../support/program-row.ts';

interface ProgramRunnerOptions {
  readonly rows: readonly SnapshotRow[];
  readonly socketPath?: string;
  readonly log?: readonly LogLine[];
  readonly cooldowns?: readonly CooldownView[];
  readonly anomalies?: readonly AnomalyRecord[];
  readonly handlers?: FakeHandlers;
}

export interface FakeWorld extends AsyncDisposable {
  readonly engine: FakeEngine;
  /** Sends changed rows to the screen. */
  readonly push: (...rows: readonly SnapshotRow[]) => void;
  /** Returns the ids for which an operation was requested, in order. */
  readonly asked: (method: string) => readonly string[];
}

/** Starts a fake engine with programs. Operations succeed and change the row as in the real engine. */
export async function startFakeWorld(options: ProgramRunnerOptions): Promise<FakeWorld> {
  const rows = new Map(options.rows.map((row) => [row.id, row]));
  const push = (...changed: readonly SnapshotRow[]): void => {
    for (const row of changed) rows.set(row.id, row);
    engine.pushSnapshot({ full: false, more: false, at: now(), status: statusOf(rows), rows: changed, removed: [] });
  };
  const operate = (id: string, changes: Partial<SnapshotRow>): OperationResult => {
    const row = { ...(rows.get(id) ?? programRow({ id })), ...changes };
    push(row);
    return { id, state: row.state, pid: row.pid, forced: false, tookMs: 120 };
  };
  const engine = await startFakeEngine({
    ...(options.socketPath === undefined ? {} : { socketPath: options.socketPath }),
    handlers: {
      subscribeSnapshot: () => [
        { full: true, more: false, at: now(), status: statusOf(rows), rows: [...rows.values()], removed: [] },
      ],
      subscribeLog: ({ id }) => [
        { lines: options.log ?? [logLine(`first line of ${id}`)], skipped: 0, cursor: 'a.b:0:1' },
      ],
      events: () => [engineEvent(7, { reason: 'started at boot' })],
      cooldowns: () => options.cooldowns ?? [],
      anomalies: () => options.anomalies ?? [],
      describe: ({ id }) => programDetails(programRow(rows.get(id) ?? { id })),
      history: ({ id }) => ({ id, stepMs: 1000, until: now(), cpuPercent: wave(5), memoryMb: wave(60) }),
      restart: ({ id }) => operate(id, { pid: (rows.get(id)?.pid ?? 0) + 1000, restarts: 1 }),
      kill: ({ id }) => operate(id, { state: 'backoff', pid: null, startedAt: null }),
      stop: ({ id }) => operate(id, { state: 'stopped', pid: null, startedAt: null }),
      start: ({ id }) => operate(id, { state: 'running', pid: 9001, startedAt: now() }),
      pause: ({ id }) => operate(id, { state: 'paused' }),
      resume: ({ id }) => operate(id, { state: 'running' }),
      cooldownReset: ({ id }) => operate(id, { state: 'running', cooldownUntil: null, pid: 9002 }),
      ...options.handlers,
    },
  });
  return {
    engine,
    push,
    asked: (method) =>
      engine.calls.filter((call) => call.method === method).map((call) => (call.params as { id: string }).id),
    [Symbol.asyncDispose]: () => engine.close(),
  };
}

function now(): string {
  return new Date().toISOString();
}

function wave(height: number): number[] {
  return Array.from({ length: 300 }, (_, second) => Math.round(height * (1 + Math.sin(second / 20))));
}

function statusOf(rows: ReadonlyMap<string, SnapshotRow>): EngineStatus {
  const counts: Record<string, number> = { total: rows.size };
  for (const { state } of rows.values()) counts[state] = (counts[state] ?? 0) + 1;
  return engineStatus({ counts });
}

export function logLine(text: string, stream: LogLine['stream'] = 'stdout'): CleanLine {
  return { changes: [], time: '2026-11-21T09:34:10.123Z', stream, text, partial: false };
}

/** Returns running programs with different figures. */
export function manyPrograms(count: number): SnapshotRow[] {
  return Array.from({ length: count }, (_, index) =>
    programRow({ id: `svc-${index}`, pid: 1000 + index, cpuPercent: index % 97, memoryMb: 20 + index }),
  );
}
