import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { LastExit } from '../../protocol/process-state.ts';
import type { EngineStatus, ProcessRow } from '../../protocol/snapshot.ts';

/** The documented fields of each shape in their documented order; any other fields follow. */
const PROCESS_FIELDS = [
  ...(['id', 'name', 'state', 'pid', 'startedAt', 'uptimeMs', 'cpuPercent', 'memoryMb', 'restarts'] as const),
  ...(['limits', 'cooldownUntil', 'lastExit', 'health', 'source'] as const),
] satisfies (keyof ProcessRow)[];
const LAST_EXIT_FIELDS = ['code', 'signal', 'at', 'reason'] satisfies (keyof LastExit)[];
const STATUS_FIELDS = [
  ...(['instance', 'pid', 'version', 'startedAt', 'uptimeMs', 'host', 'counts'] as const),
] satisfies (keyof EngineStatus)[];
const EVENT_FIELDS = [
  ...(['seq', 'time', 'kind', 'process', 'pid', 'reason', 'data'] as const),
] satisfies (keyof EngineEvent)[];

/** Returns a row of `ls --json`. */
export function processJson(row: ProcessRow): object {
  const lastExit = row.lastExit === null ? null : inOrder(LAST_EXIT_FIELDS, row.lastExit);
  return { ...inOrder(PROCESS_FIELDS, row), lastExit };
}

/** Returns the output of `status --json`. */
export function statusJson(status: EngineStatus): object {
  return inOrder(STATUS_FIELDS, status);
}

/** Returns a line of `events --json`. */
export function eventJson(event: EngineEvent): object {
  return inOrder(EVENT_FIELDS, event);
}

function inOrder<T extends object>(first: readonly (keyof T & string)[], value: T): object {
  return Object.fromEntries([...first.map((name) => [name, value[name]] as const), ...Object.entries(value)]);
}
