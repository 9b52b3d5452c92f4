import { plainMessage } from '../store/messages.ts';
import {
  recordTabOf,
  selectCurrentRow,
  selectFamily,
  selectRecordKeys,
  selectRecordProgram,
  selectSortedRows,
  selectWantedLog,
} from '../store/selectors.ts';
import { programOf } from '../state/process-rows.ts';
import { moveCharts, toggleSpan, zoomCharts } from '../state/chart-span.ts';
import type { RecordTab, State, TabName, View } from '../state/state.ts';
import { clampTable, hasBorder, shiftLog, SPLIT_FROM_COLUMNS } from '../layout/screen.ts';
import { layoutOf, tailRowsOf } from '../layout/layout.ts';
import { neighborTab } from '../layout/tabs.ts';
import { selectIndex } from './move-commands.ts';
import { refuse } from './refuse.ts';
import { become, type Command, perform, type Response } from './response.ts';

/** Shows a tab. */
export function showTab(tab: TabName): Command {
  return (state) => become({ ...state, view: { kind: 'tab', tab } });
}

function stepTab(step: 1 | -1): Command {
  return (state) => become({ ...state, view: { kind: 'tab', tab: neighborTab(tabOf(state.view), step) } });
}

/** Moves the focus between the table and the log below it; without a log, shows the next tab. */
function nextPane(state: State): Response {
  if (tailRowsOf(layoutOf(state)) === 0) return stepTab(1)(state, '');
  return become({ ...state, focus: state.focus === 'log' ? 'table' : 'log' });
}

/** Returns the tab that is shown, or that Escape returns to from an opened program. */
export function tabOf(view: View): TabName {
  return view.kind === 'tab' ? view.tab : view.from;
}

/** Opens a program. If several are marked, the log shows the output of all of them. */
function open(state: State): Response {
  const { view, list } = state;
  if (view.kind === 'program') return become(state);
  if (state.focus === 'log' && list.selectedId !== null)
    return become(openProgram(state, programOf(list.selectedId), selectWantedLog(state)));
  const tab = recordTabOf(view);
  const id = tab === null ? selectedProgram(state) : selectRecordProgram(state, tab);
  if (id === null) return tab === null ? become(state) : refuse(state, noProgramText(state, tab));
  const marked = tab === null ? state.rows.filter((row) => list.marked.has(row.id)).map((row) => row.id) : [];
  const family = tab === null ? selectFamily(state).map((row) => row.id) : [];
  if (marked.length <= 1 && family[0] !== undefined) return become(openProgram(state, family[0], family));
  return become(openProgram(state, id, marked.length > 1 ? marked : [id]));
}

function noProgramText(state: State, tab: RecordTab): string {
  const isEmpty = selectRecordKeys(state, tab).length === 0;
  return isEmpty ? 'nothing to open: this list is empty' : 'this record does not belong to an existing program';
}

function selectedProgram({ list }: State): string | null {
  return list.selectedId === null ? null : programOf(list.selectedId);
}

/** Opens a program, with the log of the programs in `logOf`. */
export function openProgram(state: State, id: string, logOf: readonly string[]): State {
  const isOther = state.details?.row.id !== id;
  return {
    ...state,
    overlay: { kind: 'none' },
    focus: 'table',
    view: { kind: 'program', id: logOf.includes(id) ? id : (logOf[0] ?? id), from: tabOf(state.view), logOf },
    details: isOther ? null : state.details,
  };
}

/** Closes one thing at a time: an overlay, the opened program, the marks, the filters. It never quits. */
function back(state: State): State {
  const { overlay, view, list } = state;
  if (overlay.kind !== 'none') return { ...state, overlay: { kind: 'none' } };
  if (view.kind === 'program') return leaveProgram(state, view.id, view.from);
  if (state.focus === 'log') return { ...state, focus: 'table' };
  const tab = recordTabOf(view);
  if (tab !== null) return { ...state, records: { ...state.records, [tab]: { ...state.records[tab], filter: '' } } };
  if (list.marked.size > 0) return { ...state, list: { ...list, marked: new Set() } };
  return { ...state, list: { ...list, filter: '', unhealthyOnly: false } };
}

function showFleet(state: State): Response {
  if (state.fleet !== 'none') return perform(state, { kind: 'showFleet' });
  return refuse(state, 'you hold no credential of a fleet; "healer fleet --help" shows how to begin or join one');
}

/** Returns whether there was nothing to go back from. */
function isSameView(before: State, after: State): boolean {
  const [one, other] = [before.list, after.list];
  const isSameList = one.marked.size === other.marked.size && one.filter === other.filter;
  const isSameTab = before.view === after.view && before.overlay === after.overlay && before.focus === after.focus;
  const tab = recordTabOf(before.view);
  const isSameRecord = tab === null || before.records[tab].filter === after.records[tab].filter;
  return isSameTab && isSameRecord && isSameList && one.unhealthyOnly === other.unhealthyOnly;
}

function leaveProgram(state: State, id: string, from: TabName): State {
  return { ...state, isZoomed: false, view: { kind: 'tab', tab: from }, list: { ...state.list, selectedId: id } };
}

/** Marks or unmarks a program and moves to the next one. Marks stay when the list is filtered or sorted. */
function toggleMark(state: State): State {
  const { list } = state;
  if (list.selectedId === null) return state;
  const marked = new Set(list.marked);
  const family = selectFamily(state).map(({ id }) => id);
  const ids = family.length === 0 ? [programOf(list.selectedId)] : family;
  if (ids.every((id) => marked.has(id))) for (const id of ids) marked.delete(id);
  else for (const id of ids) marked.add(id);
  return selectIndex({ ...state, list: { ...list, marked } }, list.selectedIndex + 1);
}

function invertMarks(state: State): State {
  const shown = selectSortedRows(state).map(({ id }) => id);
  return { ...state, list: { ...state.list, marked: new Set(shown.filter((id) => !state.list.marked.has(id))) } };
}

/** Shows the events of the current program. */
function incidents(state: State): Response {
  const row = selectCurrentRow(state);
  if (row === null) return refuse(state, 'no program is selected');
  const events = { ...state.records.events, filter: `process:${row.id}`, isFollowing: true };
  return become({ ...state, view: { kind: 'tab', tab: 'events' }, records: { ...state.records, events } });
}

/** Shows the process tree of a program; from the list, it opens the program first. */
function toggleTree(state: State): Response {
  if (state.view.kind === 'program') return become({ ...state, showsTree: !state.showsTree, isZoomed: false });
  const opened = open(state);
  return opened.state.view.kind === 'program' ? become({ ...opened.state, showsTree: true }) : opened;
}

/** By how many columns a key moves the border of a log beside the rest. */
const COLUMNS_A_STEP = 4;

/** Moves the border between the table and the log, below it or beside it. */
function moveBorder(by: number): Command {
  return (state) => {
    const { table, tail, logColumns } = layoutOf(state);
    if (logColumns > 0) {
      const logShift = shiftLog(state.size.columns, state.logShift, -by * COLUMNS_A_STEP);
      return logShift === state.logShift ? refuse(state, 'the border is at its end') : become({ ...state, logShift });
    }
    if (state.view.kind === 'program') return refuse(state, 'the log has all rows that are left; z zooms it');
    const room = table + tail;
    if (table === 0 || !hasBorder(room)) return refuse(state, 'there is no room for the log below this list');
    return become({ ...state, isZoomed: false, tableRows: clampTable(table + by, room) });
  };
}

/** Puts the log beside the table, and beside the facts of a program, or below. */
function placeLog(state: State): Response {
  if (state.size.columns < SPLIT_FROM_COLUMNS)
    return refuse(state, `a log beside the table needs ${String(SPLIT_FROM_COLUMNS)} columns`);
  const logPlace = layoutOf(state).logColumns > 0 ? 'below' : 'beside';
  return become({ ...state, isZoomed: false, logPlace });
}

function chartsMoved(state: State, step: 1 | -1): Response {
  const moved = moveCharts(state, step);
  if (moved !== state) return become(moved);
  const text = step === 1 ? 'no older samples for this period; - shows a longer one' : 'the charts end now';
  return become({ ...state, message: plainMessage(text, 'info', state.nowMs) });
}

/** Gives the whole body to the table or to the log. */
function zoomed(state: State): State {
  const { selectedId } = state.list;
  if (state.focus === 'log' && selectedId !== null)
    return { ...openProgram(state, selectedId, selectWantedLog(state)), isZoomed: true };
  return { ...state, isZoomed: !state.isZoomed };
}

function toggleMouse(state: State): State {
  const hasMouse = !state.hasMouse;
  const text = hasMouse ? 'the mouse selects rows; hold Shift to select text' : 'the mouse selects text';
  return { ...state, hasMouse, message: plainMessage(text, 'info', state.nowMs) };
}

function followEvents(state: State): State {
  const events = { ...state.records.events, isFollowing: !state.records.events.isFollowing };
  return { ...state, records: { ...state.records, events } };
}

/** Reverses the healing log, with the cursor on the same event. */
function turnEvents(state: State): State {
  const newestFirst = !state.newestFirst;
  const text = newestFirst ? 'the newest events are first' : 'the newest events are last';
  return { ...state, newestFirst, message: plainMessage(text, 'info', state.nowMs) };
}

/** The refresh intervals of the table that `+` and `-` step through, in ms. */
export const RATES_MS = [250, 500, 1000, 2000, 5000, 10_000] as const;

/** Sets the refresh interval and shows it in the message line. */
export function withRate(state: State, rateMs: number): State {
  const message = plainMessage(`the table is refreshed every ${rateMs / 1000} s`, 'info', state.nowMs);
  return { ...state, rateMs, message };
}

function turnRate(step: 1 | -1): Command {
  return (state) => {
    const at = RATES_MS.findIndex((rate) => rate >= state.rateMs);
    return become(withRate(state, RATES_MS[at + step] ?? state.rateMs));
  };
}

function rescan(state: State): Response {
  return perform(
    state,
    recordTabOf(state.view) === 'zombies' ? { kind: 'readZombies', clean: false } : { kind: 'readAnomalies' },
  );
}

/** Commands that change what is shown. */
export const VIEW_COMMANDS = {
  showProcesses: showTab('processes'),
  showAnomalies: showTab('anomalies'),
  showZombies: showTab('zombies'),
  showCooldown: showTab('cooldown'),
  showEvents: showTab('events'),
  nextPane,
  nextTab: stepTab(1),
  previousTab: stepTab(-1),
  open,
  showFleet,
  back: (state) => {
    const next = back(state);
    return isSameView(state, next) && state.fleet === 'opened' ? showFleet(state) : become(next);
  },
  mark: (state) => become(toggleMark(state)),
  invertMarks: (state) => become(invertMarks(state)),
  unhealthyOnly: (state) => become({ ...state, list: { ...state.list, unhealthyOnly: !state.list.unhealthyOnly } }),
  wide: (state) => become({ ...state, list: { ...state.list, isWide: !state.list.isWide } }),
  incidents,
  tree: toggleTree,
  growLog: moveBorder(-1),
  shrinkLog: moveBorder(1),
  placeLog,
  zoom: (state) => become(zoomed(state)),
  span: (state) => become(toggleSpan(state)),
  chartsIn: (state) => become(zoomCharts(state, -1)),
  chartsOut: (state) => become(zoomCharts(state, 1)),
  chartsBack: (state) => chartsMoved(state, 1),
  chartsForward: (state) => chartsMoved(state, -1),
  mouse: (state) => become(toggleMouse(state)),
  faster: turnRate(-1),
  slower: turnRate(1),
  followEvents: (state) => become(followEvents(state)),
  eventOrder: (state) => become(turnEvents(state)),
  rescan,
  help: (state) => become({ ...state, overlay: { kind: 'help', page: 0 } }),
} satisfies Record<string, Command>;
