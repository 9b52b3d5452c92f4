import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import { isDownAfterFailure } from '../../protocol/process-phase.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { type Filterable, parseFilterWords } from './filter-words.ts';
import type { ZombieView } from '../../protocol/results/zombie-view.ts';

const PROGRAMS: Filterable<SnapshotRow> = {
  texts: ({ name, id }) => [name, id],
  groups: ({ groups }) => groups,
  fields: {
    id: ({ id }) => id,
    group: ({ groups }) => groups.join(' '),
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

/** Parses a filter of programs. */
export function parseFilter(text: string): (row: SnapshotRow) => boolean {
  return parseFilterWords(text, PROGRAMS);
}

/** Parses a filter of events. */
export function parseEventFilter(text: string): (event: EngineEvent) => boolean {
  return parseFilterWords(text, EVENTS);
}

/** Parses a filter of anomalies. */
export function parseAnomalyFilter(text: string): (anomaly: AnomalyRecord) => boolean {
  return parseFilterWords(text, ANOMALIES);
}

/** Parses a filter of zombies. */
export function parseZombieFilter(text: string): (zombie: ZombieView) => boolean {
  return parseFilterWords(text, ZOMBIES);
}

/**
 * An exit is news for this long. A program that has run this long since a crash counts as healthy again; restart counters
 * clear after the same time.
 */
export const NEWS_MS = 300_000;
/** A program that has been starting for longer than this is late. */
const LATE_MS = 30_000;

/** So many restarts within the window of the cooldown are no coincidence, whatever ended the runs. */
const OFTEN = 2;

/** Returns whether a program needs attention: it is down, unhealthy or restarted often, crashed lately, or does not start. */
export function isUnhealthy(row: SnapshotRow, nowMs: number): boolean {
  if (isDownAfterFailure(row.state)) return true;
  if ((row.state === 'running' || row.state === 'starting') && restartsOften(row, nowMs)) return true;
  if (row.state === 'starting') return hasCrashedRecently(row, nowMs) || isLate(row, nowMs);
  return row.health === 'unhealthy' || (row.state === 'running' && hasCrashedRecently(row, nowMs));
}

function restartsOften({ recentRestarts }: SnapshotRow, nowMs: number): boolean {
  if (recentRestarts === undefined) return false;
  const { at, windowMs } = recentRestarts;
  return at.filter((time) => nowMs - Date.parse(time) < windowMs).length >= OFTEN;
}

function isLate({ startedAt }: SnapshotRow, nowMs: number): boolean {
  return startedAt !== null && nowMs - Date.parse(startedAt) > LATE_MS;
}

/** Exit code 0 and SIGTERM are not counted as crashes: usually an operator requested that exit. */
function hasCrashedRecently({ restarts, lastExit }: SnapshotRow, nowMs: number): boolean {
  if (restarts === 0 || lastExit === null || nowMs - Date.parse(lastExit.at) > NEWS_MS) return false;
  return lastExit.code !== 0 && lastExit.signal !== 'SIGTERM';
}
