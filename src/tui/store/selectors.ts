import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { layoutOf } from '../layout/layout.ts';
import { isUnhealthy, parseAnomalyFilter, parseEventFilter, parseFilter, parseZombieFilter } from '../state/filter.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import { sortRows } from '../state/sort.ts';
import type { RecordTab, Sort, State, Target, View } from '../state/state.ts';
import type { ZombieView } from '../../protocol/results/zombie-view.ts';
import type { ZombieScan } from '../state/zombie-scan.ts';

const visibleRows = memoizeLast(
  (
    rows: readonly SnapshotRow[],
    filter: string,
    sickAtMs: number | null,
    sort: Sort | null,
  ): readonly SnapshotRow[] => {
    if (filter === '' && sickAtMs === null) return sortRows(rows, sort);
    const fits = parseFilter(filter);
    const kept = rows.filter((row) => fits(row) && (sickAtMs === null || isUnhealthy(row, sickAtMs)));
    return sortRows(kept, sort);
  },
);

/** How often it is asked anew who is well again, with nothing else having changed. */
const RECOVERY_LOOK_MS = 5_000;

export function selectVisibleRows({ rows, list, nowMs }: State): readonly SnapshotRow[] {
  const sickAtMs = list.unhealthyOnly ? Math.floor(nowMs / RECOVERY_LOOK_MS) * RECOVERY_LOOK_MS : null;
  return visibleRows(rows, list.filter, sickAtMs, list.sort);
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

const events = memoizeLast((all: readonly EngineEvent[], filter: string): readonly EngineEvent[] =>
  filter === '' ? all : all.filter(parseEventFilter(filter)),
);

/** What was decided, the newest last. */
export function selectEvents({ events: all, records }: State): readonly EngineEvent[] {
  return events(all, records.events.filter);
}

const anomalies = memoizeLast((all: readonly AnomalyRecord[] | null, filter: string): readonly AnomalyRecord[] =>
  (all ?? []).filter(parseAnomalyFilter(filter)).toReversed(),
);

/** What detectors found, the newest first. */
export function selectAnomalies({ anomalies: all, records }: State): readonly AnomalyRecord[] {
  return anomalies(all, records.anomalies.filter);
}

const zombies = memoizeLast((scan: ZombieScan, filter: string): readonly ZombieView[] =>
  scan.kind === 'read' ? scan.zombies.filter(parseZombieFilter(filter)).toSorted((a, b) => b.ageMs - a.ageMs) : [],
);

/** The machine's zombies, the oldest first. */
export function selectZombies({ zombies: scan, records }: State): readonly ZombieView[] {
  return zombies(scan, records.zombies.filter);
}

const eventKeys = memoizeLast((all: readonly EngineEvent[]) => all.map(({ seq }) => String(seq)));
const anomalyKeys = memoizeLast((all: readonly AnomalyRecord[]) => all.map(({ seq }) => String(seq)));
const zombieKeys = memoizeLast((all: readonly ZombieView[]) => all.map(({ pid }) => String(pid)));

/** What tells the records of a tab apart, in the order in which it lists them. */
export function selectRecordKeys(state: State, tab: RecordTab): readonly string[] {
  switch (tab) {
    case 'events':
      return eventKeys(selectEvents(state));
    case 'anomalies':
      return anomalyKeys(selectAnomalies(state));
    case 'zombies':
      return zombieKeys(selectZombies(state));
  }
}

/** Null where programs are listed. */
export function recordTabOf(view: View): RecordTab | null {
  if (view.kind !== 'tab') return null;
  return view.tab === 'processes' || view.tab === 'cooldown' ? null : view.tab;
}

/** The program that the chosen record is about; null when it is about none that is known. */
export function selectRecordProgram(state: State, tab: RecordTab): string | null {
  const index = state.records[tab].selectedIndex;
  switch (tab) {
    case 'events':
      return knownId(state, selectEvents(state)[index]?.process);
    case 'anomalies':
      return knownId(state, selectAnomalies(state)[index]?.id);
    case 'zombies':
      return knownId(state, selectZombies(state)[index]?.program);
  }
}

function knownId(state: State, id: string | null | undefined): string | null {
  return findRow(state, id ?? null)?.id ?? null;
}

/** A rule and what is known of the chosen record, where there is room below the list. */
export function recordDetailHeight(height: number): number {
  if (height >= 12) return 4;
  return height >= 7 ? 3 : 0;
}

/** The heading takes a line. */
export function selectRecordsHeight(state: State): number {
  const { records } = layoutOf(state);
  return Math.max(1, records - 1 - recordDetailHeight(records));
}

/** How many programs the list shows at once; its heading takes a line. */
export function selectListHeight(state: State): number {
  const { table, cooldowns } = layoutOf(state);
  return Math.max(1, Math.max(table, cooldowns) - 1);
}

/** The log's heading takes a line. */
export function selectLogHeight(state: State): number {
  return Math.max(1, layoutOf(state).log - 1);
}

export function findRow(state: State, id: string | null): SnapshotRow | null {
  return state.rows.find((row) => row.id === id) ?? null;
}

/** The program that keys act on when none is marked. */
export function selectCurrentRow(state: State): SnapshotRow | null {
  const { view, list } = state;
  if (view.kind === 'program') return findRow(state, view.id);
  const tab = recordTabOf(view);
  return findRow(state, tab === null ? list.selectedId : selectRecordProgram(state, tab));
}

/** What an operation would act on now: what is marked, else the current program. */
export function selectTargets(state: State): readonly Target[] {
  const marked = state.view.kind === 'tab' ? state.rows.filter(({ id }) => state.list.marked.has(id)) : [];
  const current = selectCurrentRow(state);
  const rows = marked.length > 0 || current === null ? marked : [current];
  return rows.map(targetOf);
}

export function targetOf({ id, name, pid }: SnapshotRow): Target {
  return { id, name, pid };
}

/** Whose output has to be streamed for what is on the screen. */
export function selectWantedLog(state: State): readonly string[] {
  if (state.view.kind === 'program') return state.view.logOf;
  const { selectedId } = state.list;
  return layoutOf(state).tail > 0 && selectedId !== null ? [selectedId] : [];
}

export function selectIsStale(state: State): boolean {
  return state.connection.kind !== 'live' && state.status !== null;
}
