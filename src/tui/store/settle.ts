import { layoutOf, tailRowsOf } from '../layout/layout.ts';
import { openLog } from '../state/log-view.ts';
import { isProcessRow, programOf } from '../state/process-rows.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { settleRecords, windowTop } from '../state/record-list.ts';
import {
  newestAt,
  recordTabOf,
  selectListedRows,
  selectListHeight,
  selectRecordKeys,
  selectRecordsHeight,
  selectWantedLog,
} from './selectors.ts';
import type { ListView, State } from '../state/state.ts';

/**
 * Restores consistency after a change: the selection and the marks exist, the selection is visible, and the log belongs to
 * a program that is shown. Returns the same object if nothing had to change.
 */
export function settle(state: State): State {
  const focused =
    state.focus === 'log' && tailRowsOf(layoutOf(state)) === 0 ? { ...state, focus: 'table' as const } : state;
  const list = settleList(focused);
  const settled = settleCursor(list === focused.list ? focused : { ...focused, list });
  const log = openLog(settled.log, selectWantedLog(settled));
  return log === settled.log ? settled : { ...settled, log };
}

/** Updates only the list of records that is shown; the others are updated when they are shown. */
function settleCursor(state: State): State {
  const tab = recordTabOf(state.view);
  if (tab === null) return state;
  const list = state.records[tab];
  const settled = settleRecords(list, selectRecordKeys(state, tab), selectRecordsHeight(state), newestAt(state));
  return settled === list ? state : { ...state, records: { ...state.records, [tab]: settled } };
}

function settleList(state: State): ListView {
  const { list } = state;
  const listed = selectListedRows(state);
  const found = indexOfSelection(listed, list.selectedId);
  const selectedIndex = found === -1 ? clamp(list.selectedIndex, 0, listed.length - 1) : found;
  const selectedId = listed[selectedIndex]?.id ?? null;
  const top = windowTop(list.top, selectedIndex, listed.length, selectListHeight(state));
  const marked = settleMarks(state);
  const isSettled =
    selectedIndex === list.selectedIndex &&
    selectedId === list.selectedId &&
    top === list.top &&
    marked === list.marked;
  return isSettled ? list : { ...list, selectedIndex, selectedId, top, marked };
}

/** A process that is gone leaves the selection to its program. */
function indexOfSelection(listed: readonly SnapshotRow[], selectedId: string | null): number {
  const found = listed.findIndex(({ id }) => id === selectedId);
  if (found !== -1 || selectedId === null || !isProcessRow(selectedId)) return found;
  const program = programOf(selectedId);
  return listed.findIndex(({ id }) => id === program);
}

function settleMarks({ list, rows }: State): ReadonlySet<string> {
  if (list.marked.size === 0) return list.marked;
  const kept = rows.filter(({ id }) => list.marked.has(id));
  return kept.length === list.marked.size ? list.marked : new Set(kept.map(({ id }) => id));
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
