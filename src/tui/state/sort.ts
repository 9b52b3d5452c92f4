import { PROCESS_STATES } from '../../protocol/process-state.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import type { Sort, SortKey } from './state.ts';

/** The value that each key sorts by, in the order of the table's columns. */
const VALUE_OF: Readonly<Record<SortKey, (row: SnapshotRow) => number | string>> = {
  name: (row) => row.name.toLowerCase(),
  pid: (row) => row.pid ?? Infinity,
  status: (row) => PROCESS_STATES.indexOf(row.state),
  cpu: (row) => row.cpuPercent ?? -1,
  memory: (row) => row.memoryMb ?? -1,
  limits: (row) => row.limits.memoryMb ?? -1,
  restarts: (row) => row.restarts,
  // Programs in a cooldown are beyond any count of restarts.
  cooldown: (row) => (row.state === 'cooldown' ? Infinity : (row.recentRestarts?.at.length ?? 0)),
  // The longest uptime has the earliest start; programs that do not run have the least.
  uptime: (row) => (row.startedAt === null ? -Infinity : -Date.parse(row.startedAt)),
  tree: (row) => row.processes,
  why: (row) => row.why,
  source: (row) => row.source,
  // All are equal, so they keep their order.
  listed: () => 0,
};

/** All keys that sort by a value, in the order of the table's columns. */
export const SORT_KEYS: readonly SortKey[] = (Object.keys(VALUE_OF) as readonly SortKey[]).filter(
  (key): key is SortKey => key !== 'listed',
);

/** Keys that sort the highest value first. All others sort in ascending order. */
const STARTS_DESCENDING: ReadonlySet<SortKey> = new Set([
  'cpu',
  'memory',
  'limits',
  'restarts',
  'cooldown',
  'uptime',
  'tree',
]);

/** Sorts by the neighboring column, wrapping around. */
export function neighborSort(current: Sort | null, step: 1 | -1): Sort {
  const from = current === null ? (step === 1 ? -1 : 0) : SORT_KEYS.indexOf(current.by);
  const by = SORT_KEYS[(from + step + SORT_KEYS.length) % SORT_KEYS.length] ?? 'name';
  return nextSort(null, by);
}

/** Sorts by a key; choosing the same key again reverses the order. */
export function nextSort(current: Sort | null, by: SortKey): Sort {
  if (current?.by === by) return { by, descending: !current.descending };
  return { by, descending: STARTS_DESCENDING.has(by) };
}

/** Puts the programs that need attention first. Within both groups, programs keep their order. */
export function sortByAttention(
  rows: readonly SnapshotRow[],
  needsAttention: (row: SnapshotRow) => boolean,
): readonly SnapshotRow[] {
  const urgent = rows.filter(needsAttention);
  return urgent.length === 0 ? rows : [...urgent, ...rows.filter((row) => !needsAttention(row))];
}

/** Sorts programs. Equal ones keep the engine's order, so that rows do not jump. */
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
