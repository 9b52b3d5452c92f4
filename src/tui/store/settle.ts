import { openLog } from './log-view.ts';
import { selectListedRows, selectListHeight, selectWantedLog } from './selectors.ts';
import type { ListView, State } from './state.ts';

/**
 * Puts right what a change may have broken: a selection whose program is gone, a window beyond the end, marks of
 * programs that are known no longer, a log of a program that is shown no longer. Runs after every change.
 */
export function settle(state: State): State {
  const list = settleList(state);
  const settled = list === state.list ? state : { ...state, list };
  const log = openLog(settled.log, selectWantedLog(settled));
  return log === settled.log ? settled : { ...settled, log };
}

function settleList(state: State): ListView {
  const { list } = state;
  const listed = selectListedRows(state);
  const found = listed.findIndex((row) => row.id === list.selectedId);
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

function settleMarks({ list, rows }: State): ReadonlySet<string> {
  if (list.marked.size === 0) return list.marked;
  const kept = rows.filter(({ id }) => list.marked.has(id));
  return kept.length === list.marked.size ? list.marked : new Set(kept.map(({ id }) => id));
}

/** The least scrolling that shows the selection and leaves no empty lines that could show rows. */
function windowTop(top: number, selected: number, count: number, height: number): number {
  const lowest = clamp(selected - height + 1, 0, count);
  const highest = Math.min(selected, Math.max(0, count - height));
  return clamp(top, Math.min(lowest, highest), highest);
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
