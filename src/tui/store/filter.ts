import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AnomalyRecord } from '../../protocol/anomaly-record.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { type Filterable, parseFilterWords } from './filter-words.ts';
import type { ZombieView } from '../../protocol/zombie-view.ts';

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

/** Whether a person should look at this program. */
export function isUnhealthy(row: SnapshotRow): boolean {
  const isDown = row.state === 'backoff' || row.state === 'cooldown' || row.state === 'failed';
  return isDown || row.health === 'unhealthy';
}
