import type { EngineEvent } from '../../src/protocol/engine-event.ts';
import type { ProcessDetails } from '../../src/protocol/results/process-details.ts';
import { processSpecSchema, type ProcessSpecInput } from '../../src/protocol/process-spec.ts';
import type { EngineStatus, ProcessRow, SnapshotMessage } from '../../src/protocol/snapshot.ts';

/** Returns the row of a program without faults; a test only sets the fields that it is about. */
export function programRow(changes: Partial<ProcessRow> = {}): ProcessRow {
  const id = changes.id ?? 'web';
  return {
    id,
    name: id,
    groups: [],
    state: 'running',
    pid: 4711,
    startedAt: '2026-11-21T09:00:00.000Z',
    cpuPercent: 1.5,
    memoryMb: 48.2,
    memoryMeasure: 'rss',
    processes: 1,
    restarts: 0,
    limits: { cpuPercent: null, memoryMb: 512 },
    cooldownUntil: null,
    retryAt: null,
    lastExit: null,
    health: 'unknown',
    healing: 'on',
    heldUntil: null,
    source: 'process_list.txt:3',
    why: 'started',
    uptimeMs: 723_000,
    ...changes,
  };
}

/** Returns the details of a program, as `describe` does. */
export function programDetails(row: ProcessRow, definition: Partial<ProcessSpecInput> = {}): ProcessDetails {
  const { id, state } = row;
  return {
    row,
    spec: processSpecSchema.parse({ id, command: 'node', args: ['server.js'], ...definition }),
    cooldown: { id, state, restarts: [], limit: 5, windowMs: 60_000, durationMs: 120_000, until: null },
    health: null,
    tree: [
      { pid: 4711, parentPid: 1, name: 'node', memoryMb: 40 },
      { pid: 4712, parentPid: 4711, name: 'worker', memoryMb: 8.2 },
    ],
    logPath: `/var/log/${id}/current.log`,
    nextRestart: null,
    containment: 'process tree',
    recentEvents: [],
  };
}

export function engineStatus(changes: Partial<EngineStatus> = {}): EngineStatus {
  return {
    instance: 'default',
    pid: 4242,
    version: '0.1.0',
    startedAt: '2026-11-21T09:00:00.000Z',
    uptimeMs: 273_600_000,
    host: {
      hostname: 'build-7',
      platform: 'linux x64',
      cores: 2,
      cpuPercent: 12.5,
      memoryUsedMb: 2048,
      memoryTotalMb: 8192,
      load: [0.5, 0.4, 0.3],
      diskUsedPercent: 40,
      bootedAt: '2026-11-01T00:00:00.000Z',
    },
    counts: { running: 1, total: 1 },
    health: { healthy: 0, unhealthy: 0 },
    load: {
      cpuPercent: 0.4,
      memoryMb: 61.5,
      openFiles: 30,
      eventsHeld: 12,
      clients: 1,
      unsentMb: 0.5,
      unsentLimitMb: 64,
    },
    degraded: [],
    healing: { mode: 'on', until: null, held: 0, observed: 0 },
    sources: ['/srv/process_list.txt'],
    alerts: { channels: [], lastSentAt: null, waiting: 0, failingSince: null, problem: null },
    containment: { kind: 'cgroup', detail: '/sys/fs/cgroup/healer, with memory and pids limits' },
    partner: null,
    ...changes,
  };
}

/** Returns a message of the live table without programs; complete by default. */
export function snapshotMessage(changes: Partial<SnapshotMessage> = {}): SnapshotMessage {
  return {
    full: true,
    more: false,
    at: '2026-11-21T09:34:10.000Z',
    status: engineStatus(),
    rows: [],
    removed: [],
    ...changes,
  };
}

export function engineEvent(seq: number, changes: Partial<EngineEvent> = {}): EngineEvent {
  return {
    seq,
    time: '2026-11-21T09:34:10.123Z',
    kind: 'started',
    process: 'web',
    pid: 4711,
    reason: 'it was started by the operator',
    data: {},
    ...changes,
  };
}
