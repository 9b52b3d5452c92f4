import { scrollLog } from '../layout/log-place.ts';
import { moveRecords } from '../state/record-list.ts';
import {
  newestAt,
  recordTabOf,
  selectListedRows,
  selectListHeight,
  selectLogRoom,
  selectRecordKeys,
  selectRecordsHeight,
} from '../store/selectors.ts';
import type { RecordTab, State } from '../state/state.ts';
import { become, type Command } from './response.ts';

/** Returns a distance in lines, given the number of lines on the screen. */
type Distance = (height: number) => number;

const WHEEL_LINES = 3;

function move(distance: Distance): Command {
  return (state) => become(moved(state, distance));
}

function moved(state: State, distance: Distance): State {
  const { overlay, view, focus } = state;
  if (overlay.kind === 'help') return turnPage(state, distance(1));
  if (view.kind === 'program' || focus === 'log') return moveLog(state, distance);
  const tab = recordTabOf(view);
  return tab === null ? moveSelection(state, distance) : moveCursor(state, tab, distance);
}

function moveSelection(state: State, distance: Distance): State {
  return selectIndex(state, state.list.selectedIndex + distance(selectListHeight(state)));
}

/** Selects a program by its index in the list, or the nearest one. */
export function selectIndex(state: State, wanted: number): State {
  const listed = selectListedRows(state);
  const index = Math.max(0, Math.min(listed.length - 1, wanted));
  return { ...state, list: { ...state.list, selectedIndex: index, selectedId: listed[index]?.id ?? null } };
}

function moveLog(state: State, distance: Distance): State {
  const room = selectLogRoom(state);
  return { ...state, log: scrollLog(state.log, distance(room.height), room) };
}

function moveCursor(state: State, tab: RecordTab, distance: Distance): State {
  return moveCursorBy(state, tab, distance(selectRecordsHeight(state)));
}

/** Moves the cursor of a list of records; only the list of events follows new ones. */
export function moveCursorBy(state: State, tab: RecordTab, by: number): State {
  const list = moveRecords(state.records[tab], selectRecordKeys(state, tab), by, tab === 'events', newestAt(state));
  return { ...state, records: { ...state.records, [tab]: list } };
}

/** Turns a page of help; the help screen limits it to the last page. */
function turnPage(state: State, distance: number): State {
  if (state.overlay.kind !== 'help') return state;
  return { ...state, overlay: { ...state.overlay, page: Math.max(0, state.overlay.page + Math.sign(distance)) } };
}

/** Commands that scroll and move the cursor. */
export const MOVE_COMMANDS = {
  down: move(() => 1),
  up: move(() => -1),
  wheelDown: move(() => WHEEL_LINES),
  wheelUp: move(() => -WHEEL_LINES),
  pageDown: move((height) => height),
  pageUp: move((height) => -height),
  halfPageDown: move((height) => Math.ceil(height / 2)),
  halfPageUp: move((height) => -Math.ceil(height / 2)),
  top: move(() => -Number.MAX_SAFE_INTEGER),
  bottom: move(() => Number.MAX_SAFE_INTEGER),
} satisfies Record<string, Command>;
