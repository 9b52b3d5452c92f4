import { layoutOf } from '../layout.ts';
import { scrollLog } from '../store/log-view.ts';
import { selectListedRows, selectListHeight, selectLogHeight } from '../store/selectors.ts';
import type { State } from '../store/state.ts';
import { become, type Command } from './response.ts';

/** A distance in lines, given how many are on the screen. */
type Distance = (height: number) => number;

function move(distance: Distance): Command {
  return (state) => become(moved(state, distance));
}

function moved(state: State, distance: Distance): State {
  const { overlay, view } = state;
  if (overlay.kind === 'help') return turnPage(state, distance(1));
  if (view.kind === 'program') return moveLog(state, distance);
  return view.tab === 'events' ? moveEvents(state, distance) : moveSelection(state, distance);
}

function moveSelection(state: State, distance: Distance): State {
  const listed = selectListedRows(state);
  const wanted = state.list.selectedIndex + distance(selectListHeight(state));
  const index = Math.max(0, Math.min(listed.length - 1, wanted));
  return { ...state, list: { ...state.list, selectedIndex: index, selectedId: listed[index]?.id ?? null } };
}

function moveLog(state: State, distance: Distance): State {
  const height = selectLogHeight(state);
  return { ...state, log: scrollLog(state.log, distance(height), height) };
}

/** The newest event is the last line. */
function moveEvents(state: State, distance: Distance): State {
  const height = Math.max(1, layoutOf(state).hot.events - 1);
  const highest = Math.max(0, state.events.events.length - height);
  const offset = Math.max(0, Math.min(highest, state.events.offset - distance(height)));
  return { ...state, events: { ...state.events, offset } };
}

/** The screen of help holds the page within what there is. */
function turnPage(state: State, distance: number): State {
  if (state.overlay.kind !== 'help') return state;
  return { ...state, overlay: { kind: 'help', page: Math.max(0, state.overlay.page + Math.sign(distance)) } };
}

export const MOVE_COMMANDS = {
  down: move(() => 1),
  up: move(() => -1),
  pageDown: move((height) => height),
  pageUp: move((height) => -height),
  halfPageDown: move((height) => Math.ceil(height / 2)),
  halfPageUp: move((height) => -Math.ceil(height / 2)),
  top: move(() => -Number.MAX_SAFE_INTEGER),
  bottom: move(() => Number.MAX_SAFE_INTEGER),
} satisfies Record<string, Command>;
