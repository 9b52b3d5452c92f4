import type { EngineEvent } from '../../protocol/engine-event.ts';
import type { AnomalyRecord } from '../../protocol/results/anomaly-record.ts';
import type { CooldownView } from '../../protocol/results/cooldown-view.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { layoutOf, tailRowsOf } from '../layout/layout.ts';
import type { LogRoom } from '../layout/log-place.ts';
import { BORDER_ROWS, hasBorders, scrollBarColumns } from '../layout/screen.ts';
import { isUnhealthy, parseAnomalyFilter, parseEventFilter, parseFilter, parseZombieFilter } from '../state/filter.ts';
import { foldRows, isFamily, membersOf } from '../state/folding.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import { lookAtMs } from '../state/look-at.ts';
import { memoizeLast } from '../state/memoize-last.ts';
import type { Moment } from '../state/moment.ts';
import type { NewestAt } from '../state/record-list.ts';
import { eventOfEntry, keyOfEntry, type LogEntry, logEntries, programOfEntry } from '../state/stories.ts';
import { sortByAttention, sortRows } from '../state/sort.ts';
import { programOf, withProcesses } from '../state/process-rows.ts';
import type { RecordTab, Sort, State, Target, View } from '../state/state.ts';
import type { ZombieView } from '../../protocol/results/zombie-view.ts';
import type { ZombieScan } from '../state/zombie-scan.ts';

const visibleRows = memoizeLast(
  (
    rows: readonly SnapshotRow[],
    filter: string,
    unhealthyOnly: boolean,
    atMs: number,
    sort: Sort | null,
  ): readonly SnapshotRow[] => {
    const needsAttention = (row: SnapshotRow): boolean => isUnhealthy(row, atMs);
    const fits = filter === '' ? null : parseFilter(filter);
    const kept =
      fits === null && !unhealthyOnly
        ? rows
        : rows.filter((row) => (fits === null || fits(row)) && (!unhealthyOnly || needsAttention(row)));
    return sort === null ? sortByAttention(kept, needsAttention) : sortRows(kept, sort);
  },
);

/** Returns the programs that the filters leave, sorted. */
export function selectSortedRows({ rows, list, nowMs }: State): readonly SnapshotRow[] {
  return visibleRows(rows, list.filter, list.unhealthyOnly, lookAtMs(nowMs), list.sort);
}

const foldedRows = memoizeLast(foldRows);

const unfoldedRows = memoizeLast(withProcesses);

/** Returns the rows of the table: the programs that the filters leave, folded, and the processes of unfolded ones. */
export function selectVisibleRows(state: State): readonly SnapshotRow[] {
  const { folding, opened } = state.list;
  return unfoldedRows(foldedRows(selectSortedRows(state), folding, opened), state.trees, opened);
}

/** Returns the programs that the selected row stands for; empty if it is the row of one program. */
export function selectFamily({ rows, list }: State): readonly SnapshotRow[] {
  return list.selectedId === null ? [] : membersOf(rows, list.selectedId, list.folding);
}

const countUrgent = memoizeLast(
  (rows: readonly SnapshotRow[], atMs: number): number => rows.filter((row) => isUnhealthy(row, atMs)).length,
);

/** Returns how many programs need attention. */
export function selectUrgentCount({ rows, nowMs }: State): number {
  return countUrgent(rows, lookAtMs(nowMs));
}

/** A program with its recent restarts. */
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

/** Sorts programs in cooldown first, then those that are closest to it. */
function urgency({ row, view }: CooldownRow): number {
  if (row.state === 'cooldown') return Number.MAX_SAFE_INTEGER;
  return view === null ? 0 : view.restarts.length / view.limit;
}

/** Returns the programs in the order of the Cooldown tab. */
export function selectCooldownRows(state: State): readonly CooldownRow[] {
  return cooldownRows(selectSortedRows(state), state.cooldowns);
}

/** Returns the programs in the order of the current tab. */
export function selectListedRows(state: State): readonly SnapshotRow[] {
  const isCooldown = state.view.kind === 'tab' && state.view.tab === 'cooldown';
  return isCooldown ? selectCooldownRows(state).map(({ row }) => row) : selectVisibleRows(state);
}

const events = memoizeLast((all: readonly EngineEvent[], filter: string): readonly EngineEvent[] =>
  filter === '' ? all : all.filter(parseEventFilter(filter)),
);

/** Returns the events that the filter leaves, the newest last. */
export function selectEvents({ events: all, records }: State): readonly EngineEvent[] {
  return events(all, records.events.filter);
}

/** Returns where the newest event of the healing log is. */
export function newestAt({ newestFirst }: State): NewestAt {
  return newestFirst ? 'start' : 'end';
}

/** Returns the rows of the healing log. */
export function selectLogEntries(state: State): readonly LogEntry[] {
  return logEntries(selectEvents(state), state.foldsEvents, state.openStories, newestAt(state));
}

const anomalies = memoizeLast((all: readonly AnomalyRecord[] | null, filter: string): readonly AnomalyRecord[] =>
  (all ?? []).filter(parseAnomalyFilter(filter)).toReversed(),
);

/** Returns the anomalies that the filter leaves, the newest first. */
export function selectAnomalies({ anomalies: all, records }: State): readonly AnomalyRecord[] {
  return anomalies(all, records.anomalies.filter);
}

const zombies = memoizeLast((scan: ZombieScan, filter: string): readonly ZombieView[] =>
  scan.kind === 'read' ? scan.zombies.filter(parseZombieFilter(filter)).toSorted((a, b) => b.ageMs - a.ageMs) : [],
);

/** Returns the zombies that the filter leaves, the oldest first. */
export function selectZombies({ zombies: scan, records }: State): readonly ZombieView[] {
  return zombies(scan, records.zombies.filter);
}

const entryKeys = memoizeLast((all: readonly LogEntry[]) => all.map(keyOfEntry));
const anomalyKeys = memoizeLast((all: readonly AnomalyRecord[]) => all.map(({ seq }) => String(seq)));
const zombieKeys = memoizeLast((all: readonly ZombieView[]) => all.map(({ pid }) => String(pid)));

/** Returns the unique keys of the records of a tab, in the order of the tab. */
export function selectRecordKeys(state: State, tab: RecordTab): readonly string[] {
  switch (tab) {
    case 'events':
      return entryKeys(selectLogEntries(state));
    case 'anomalies':
      return anomalyKeys(selectAnomalies(state));
    case 'zombies':
      return zombieKeys(selectZombies(state));
  }
}

/** Returns the record tab that is shown; null if programs are listed. */
export function recordTabOf(view: View): RecordTab | null {
  if (view.kind !== 'tab') return null;
  return view.tab === 'processes' || view.tab === 'cooldown' ? null : view.tab;
}

/** Returns the program of the selected record; null if it has none, or one that no longer exists. */
export function selectRecordProgram(state: State, tab: RecordTab): string | null {
  const index = state.records[tab].selectedIndex;
  switch (tab) {
    case 'events':
      return knownId(state, programOfEntry(selectLogEntries(state)[index]));
    case 'anomalies':
      return knownId(state, selectAnomalies(state)[index]?.id);
    case 'zombies':
      return knownId(state, selectZombies(state)[index]?.program);
  }
}

function knownId(state: State, id: string | null | undefined): string | null {
  return findRow(state, id ?? null)?.id ?? null;
}

/** Returns the moment whose output is shown below the healing log: of the selected event, or of the fault of a story. */
export function selectMoment(state: State): Moment | null {
  if (recordTabOf(state.view) !== 'events' || state.overlay.kind === 'help') return null;
  const entry = selectLogEntries(state)[state.records.events.selectedIndex];
  const event = eventOfEntry(entry);
  const program = knownId(state, event?.process);
  return event === null || program === null ? null : { program, time: event.time };
}

/** Returns the rows for the details of the selected record, including their heading; 0 if there is no room. */
export function recordDetailHeight(height: number, tab: RecordTab): number {
  if (tab === 'events' && height >= 16) return height >= 24 ? 10 : 7;
  if (height >= 12) return 4;
  return height >= 7 ? 3 : 0;
}

/** Returns how many records the list shows at once; its heading takes a line. */
export function selectRecordsHeight(state: State): number {
  const { records } = layoutOf(state);
  const tab = recordTabOf(state.view) ?? 'events';
  return Math.max(1, records - 1 - recordDetailHeight(records, tab));
}

/** Returns how many programs the list shows at once; its heading takes a line. */
export function selectListHeight(state: State): number {
  const { table, cooldowns } = layoutOf(state);
  const border = table > 0 && hasBorders(state.size) ? BORDER_ROWS : 0;
  return Math.max(1, Math.max(table, cooldowns) - 1 - border);
}

/** Returns the room that the log has for output. Its heading takes a line, and below the table its border may. */
export function selectLogRoom(state: State): LogRoom {
  const { size } = state;
  const layout = layoutOf(state);
  const tail = tailRowsOf(layout);
  const isBoxed = tail > 0 && hasBorders(size);
  const height = Math.max(1, Math.max(layout.log, tail) - (isBoxed ? BORDER_ROWS : 1));
  const columns = layout.logColumns > 0 ? layout.logColumns : size.columns;
  return { height, columns: columns - (isBoxed ? 2 : layout.log > 0 ? scrollBarColumns(columns) : 0) };
}

/** Returns how many rows of output the log shows at once. */
export function selectLogHeight(state: State): number {
  return selectLogRoom(state).height;
}

/** Returns the program with this id, or that of a process; null if there is none. */
export function findRow(state: State, rowId: string | null): SnapshotRow | null {
  const id = rowId === null ? null : programOf(rowId);
  const found = state.rows.find((row) => row.id === id);
  if (found !== undefined || id === null || !isFamily(id)) return found ?? null;
  return selectVisibleRows(state).find((row) => row.id === id) ?? null;
}

/** Returns the program that keys act on if none is marked. */
export function selectCurrentRow(state: State): SnapshotRow | null {
  const { view, list } = state;
  if (view.kind === 'program') return findRow(state, view.id);
  const tab = recordTabOf(view);
  if (tab !== null) return findRow(state, selectRecordProgram(state, tab));
  return selectFamily(state)[0] ?? findRow(state, list.selectedId);
}

/** Returns the programs that an operation acts on: those that are marked or whose log is open, otherwise the current one. */
export function selectTargets(state: State): readonly Target[] {
  const { view, list } = state;
  const named = view.kind === 'tab' ? list.marked : new Set(view.logOf);
  const marked = named.size > 1 || view.kind === 'tab' ? state.rows.filter(({ id }) => named.has(id)) : [];
  const current = selectCurrentRow(state);
  const family = view.kind === 'tab' && recordTabOf(view) === null ? selectFamily(state) : [];
  const rows = marked.length > 0 || current === null ? marked : family.length > 0 ? family : [current];
  return rows.map(targetOf);
}

/** Returns a row as a target of an operation. */
export function targetOf({ id, name, pid }: SnapshotRow): Target {
  return { id, name, pid };
}

/** Returns the programs whose output the screen shows. */
export function selectWantedLog(state: State): readonly string[] {
  if (state.view.kind === 'program') return state.view.logOf;
  const { selectedId } = state.list;
  if (tailRowsOf(layoutOf(state)) === 0 || selectedId === null) return [];
  const family = selectFamily(state);
  return family.length === 0 ? [programOf(selectedId)] : family.slice(0, TUI_LIMITS.logPrograms).map(({ id }) => id);
}

/** Returns whether the screen shows data from before the connection was lost. */
export function selectIsStale(state: State): boolean {
  return state.connection.kind !== 'live' && state.status !== null;
}
