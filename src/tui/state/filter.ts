import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { type Filterable, parseFilterWords } from './filter-words.ts';
import type { ZombieView } from '../../protocol/results/zombie-view.ts';

const PROGRAMS: Filterable<SnapshotRow> = {
  texts: ({ name, id }) => [name, id],
  fields: {
    id: ({ id }) => id,
    status: ({ state }) => state,
    health: ({ health }) => health,
    healing: ({ healing }) => healing,
    source: ({ source }) => source,
    why: ({ why }) => why,
  },
  numbers: {
    cpu: ({ cpuPercent }) => cpuPercent,
    mem: ({ memoryMb }) => memoryMb,
    memory: ({ memoryMb }) => memoryMb,
    pid: ({ pid }) => pid,
    restarts: ({ restarts }) => restarts,
    tree: ({ processes }) => processes,
  },
};

const EVENTS: Filterable<EngineEvent> = {
  texts: ({ kind, process, reason }) => [kind, process ?? 'engine', reason],
  fields: { kind: ({ kind }) => kind, process: ({ process }) => process ?? 'engine', reason: ({ reason }) => reason },
  numbers: { pid: ({ pid }) => pid, seq: ({ seq }) => seq },
};

const ANOMALIES: Filterable<AnomalyRecord> = {
  texts: ({ kind, id, evidence }) => [kind, id, evidence],
  fields: { kind: ({ kind }) => kind, process: ({ id }) => id, action: ({ action }) => action },
  numbers: { pid: ({ pid }) => pid },
};

const ZOMBIES: Filterable<ZombieView> = {
  texts: ({ name, parentName, program }) => [name, parentName, program ?? ''],
  fields: { process: ({ program }) => program ?? '', parent: ({ parentName }) => parentName },
  numbers: { pid: ({ pid }) => pid, parent: ({ parentPid }) => parentPid, age: ({ ageMs }) => ageMs / 1000 },
};

export function parseFilter(text: string): (row: SnapshotRow) => boolean {
  return parseFilterWords(text, PROGRAMS);
}

export function parseEventFilter(text: string): (event: EngineEvent) => boolean {
  return parseFilterWords(text, EVENTS);
}

export function parseAnomalyFilter(text: string): (anomaly: AnomalyRecord) => boolean {
  return parseFilterWords(text, ANOMALIES);
}

export function parseZombieFilter(text: string): (zombie: ZombieView) => boolean {
  return parseFilterWords(text, ZOMBIES);
}

/** Who has run as long since a crash counts as well again: as long as the restart counters take to clear. */
const STABLE_MS = 300_000;
/** Who is still starting by then is late. */
const LATE_MS = 30_000;

/** Whether a person should look at this program: it is down or sick, it crashed lately, or does not get up. */
export function isUnhealthy(row: SnapshotRow, nowMs: number): boolean {
  switch (row.state) {
    case 'backoff':
    case 'cooldown':
    case 'failed':
      return true;
    case 'starting':
      return hasCrashedLately(row, nowMs) || (row.startedAt !== null && nowMs - Date.parse(row.startedAt) > LATE_MS);
    case 'running':
      return row.health === 'unhealthy' || hasCrashedLately(row, nowMs);
    case 'waiting':
    case 'paused':
    case 'stopping':
    case 'exited':
    case 'stopped':
    case 'disabled':
      return row.health === 'unhealthy';
  }
}

/** An end by SIGTERM or with code 0 is most often one that somebody asked for. */
function hasCrashedLately({ restarts, lastExit }: SnapshotRow, nowMs: number): boolean {
  if (restarts === 0 || lastExit === null || nowMs - Date.parse(lastExit.at) > STABLE_MS) return false;
  return lastExit.code !== 0 && lastExit.signal !== 'SIGTERM';
}
