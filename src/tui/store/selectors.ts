import type { CooldownView } from '../../protocol/methods.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { layoutOf } from '../layout.ts';
import { isUnhealthy, parseFilter } from './filter.ts';
import { memoizeLast } from './memoize-last.ts';
import { sortRows } from './sort.ts';
import type { Sort, State, Target } from './state.ts';

const visibleRows = memoizeLast(
  (rows: readonly SnapshotRow[], filter: string, unhealthyOnly: boolean, sort: Sort | null): readonly SnapshotRow[] => {
    if (filter === '' && !unhealthyOnly) return sortRows(rows, sort);
    const fits = parseFilter(filter);
    const kept = rows.filter((row) => fits(row) && (!unhealthyOnly || isUnhealthy(row)));
    return sortRows(kept, sort);
  },
);

export function selectVisibleRows({ rows, list }: State): readonly SnapshotRow[] {
  return visibleRows(rows, list.filter, list.unhealthyOnly, list.sort);
}

/** A program with what is known of its restarts. */
export interface CooldownRow {
  readonly row: SnapshotRow;
  readonly view: CooldownView | null;
}

const cooldownRows = memoizeLast(
  (rows: readonly SnapshotRow[], views: readonly CooldownView[]): readonly CooldownRow[] => {
    const viewOf = new Map(views.map((view) => [view.id, view]));
    return rows.map((row) => ({ row, view: viewOf.get(row.id) ?? null })).toSorted((a, b) => urgency(b) - urgency(a));
  },
);

/** Resting programs first, then those that are nearest to it. */
function urgency({ row, view }: CooldownRow): number {
  if (row.state === 'cooldown') return Number.MAX_SAFE_INTEGER;
  return view === null ? 0 : view.restarts.length / view.limit;
}

export function selectCooldownRows(state: State): readonly CooldownRow[] {
  return cooldownRows(selectVisibleRows(state), state.cooldowns);
}

/** The programs in the order in which the current tab lists them. */
export function selectListedRows(state: State): readonly SnapshotRow[] {
  const isCooldown = state.view.kind === 'tab' && state.view.tab === 'cooldown';
  return isCooldown ? selectCooldownRows(state).map(({ row }) => row) : selectVisibleRows(state);
}

/** How many programs the list shows at once; its heading takes a line. */
export function selectListHeight(state: State): number {
  const { hot } = layoutOf(state);
  return Math.max(1, Math.max(hot.table, hot.cooldowns) - 1);
}

/** The log's heading takes a line. */
export function selectLogHeight(state: State): number {
  return Math.max(1, layoutOf(state).hot.log - 1);
}

export function findRow(state: State, id: string | null): SnapshotRow | null {
  return state.rows.find((row) => row.id === id) ?? null;
}

/** The program that keys act on when none is marked. */
export function selectCurrentRow(state: State): SnapshotRow | null {
  return findRow(state, state.view.kind === 'program' ? state.view.id : state.list.selectedId);
}

/** What an operation would act on now: what is marked, else the current program. */
export function selectTargets(state: State): readonly Target[] {
  const marked = state.view.kind === 'tab' ? state.rows.filter(({ id }) => state.list.marked.has(id)) : [];
  const current = selectCurrentRow(state);
  const rows = marked.length > 0 || current === null ? marked : [current];
  return rows.map(({ id, name, pid }) => ({ id, name, pid }));
}

/** Whose output has to be streamed for what is on the screen. */
export function selectWantedLog(state: State): string | null {
  if (state.view.kind === 'program') return state.view.id;
  return layoutOf(state).hot.tail > 0 ? state.list.selectedId : null;
}

export function selectIsStale(state: State): boolean {
  return state.connection.kind !== 'live' && state.status !== null;
}
