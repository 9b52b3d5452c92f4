import { PROCESS_STATES } from '../../protocol/process-state.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { Sort, SortKey } from './state.ts';

/** In the order of the table's columns. */
const VALUE_OF: Readonly<Record<SortKey, (row: SnapshotRow) => number | string>> = {
  name: (row) => row.name.toLowerCase(),
  pid: (row) => row.pid ?? Infinity,
  status: (row) => PROCESS_STATES.indexOf(row.state),
  cpu: (row) => row.cpuPercent ?? -1,
  memory: (row) => row.memoryMb ?? -1,
  limits: (row) => row.limits.memoryMb ?? -1,
  restarts: (row) => row.restarts,
  // Up for longest is started first; not running is the least.
  uptime: (row) => (row.startedAt === null ? -Infinity : -Date.parse(row.startedAt)),
  tree: (row) => row.processes,
  why: (row) => row.why,
  source: (row) => row.source,
};

export const SORT_KEYS = Object.keys(VALUE_OF) as readonly SortKey[];

/** What a key sorts first: the most of what is measured, the alphabet's and the states' own order else. */
const STARTS_DESCENDING: ReadonlySet<SortKey> = new Set(['cpu', 'memory', 'limits', 'restarts', 'uptime', 'tree']);

/** The column beside the one that is sorted by, round the edge. */
export function neighbourSort(current: Sort | null, step: 1 | -1): Sort {
  const from = current === null ? (step === 1 ? -1 : 0) : SORT_KEYS.indexOf(current.by);
  const by = SORT_KEYS[(from + step + SORT_KEYS.length) % SORT_KEYS.length] ?? 'name';
  return nextSort(null, by);
}

/** Choosing the same key again turns the order round. */
export function nextSort(current: Sort | null, by: SortKey): Sort {
  if (current?.by === by) return { by, descending: !current.descending };
  return { by, descending: STARTS_DESCENDING.has(by) };
}

/** Equal programs keep the engine's order, so that rows do not jump. */
export function sortRows(rows: readonly SnapshotRow[], sort: Sort | null): readonly SnapshotRow[] {
  if (sort === null) return rows;
  const valueOf = VALUE_OF[sort.by];
  const sign = sort.descending ? -1 : 1;
  return rows.toSorted((a, b) => sign * compare(valueOf(a), valueOf(b)));
}

function compare(a: number | string, b: number | string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
