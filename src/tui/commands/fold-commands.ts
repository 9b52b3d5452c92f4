import type { Folding, State } from '../state/state.ts';
import { programOf } from '../state/process-rows.ts';
import { familyShown, isFamily, nextFolding } from '../state/folding.ts';
import { labelFor } from '../keys/keymap.ts';
import { keyOfEntry, type LogEntry, type Story } from '../state/stories.ts';
import { plainMessage } from '../store/messages.ts';
import { selectLogEntries, selectRecordsHeight, selectVisibleRows } from '../store/selectors.ts';
import { become, type Command } from './response.ts';

/** Returns the story that a row of the healing log is or belongs to; null if there is none. */
function storyAt(entries: readonly LogEntry[], index: number): Extract<LogEntry, { kind: 'story' }> | null {
  for (let at = index; at >= 0; at -= 1) {
    const entry = entries[at];
    if (entry?.kind === 'story') return at === index || isInside(entries[index]) ? entry : null;
  }
  return null;
}

function isInside(entry: LogEntry | undefined): boolean {
  return entry?.kind === 'event' && entry.isInStory;
}

/** Opens or folds the story of the selected row, which stays selected. */
function toggleStory(state: State, isOpening: boolean | null): State {
  const list = state.records.events;
  const entries = selectLogEntries(state);
  const found = storyAt(entries, list.selectedIndex);
  if (found === null)
    return { ...state, message: plainMessage('this event is not part of a story', 'info', state.nowMs) };
  const opened = new Set(state.openStories);
  if (isOpening ?? !found.isOpen) opened.add(found.story.seq);
  else opened.delete(found.story.seq);
  const top = opened.has(found.story.seq) ? topFor(state, entries.indexOf(found), found.story) : list.top;
  const events = { ...list, top, isFollowing: false, selectedKey: keyOfEntry(found) };
  return { ...state, openStories: opened, records: { ...state.records, events } };
}

/** Returns the first row of the list that shows as many events of an opened story as fit. */
function topFor(state: State, index: number, { events }: Story): number {
  const last = index + events.length;
  return Math.max(state.records.events.top, Math.min(index, last - selectRecordsHeight(state) + 1));
}

function toggleFolding(state: State): State {
  const text = state.foldsEvents ? 'every event has a row' : 'what happened to a program is folded into stories';
  return { ...state, foldsEvents: !state.foldsEvents, message: plainMessage(text, 'info', state.nowMs) };
}

const FOLDED: Readonly<Record<Folding, string>> = {
  instances: 'instances of a program have one row; Right opens it',
  groups: 'programs of a group have one row; Right opens it',
  none: 'every program has a row',
};

function foldTable(state: State): State {
  const folding = nextFolding(state.list.folding);
  const message = plainMessage(FOLDED[folding], 'info', state.nowMs);
  return { ...state, list: { ...state.list, folding }, message };
}

/** Opens the selected row, or folds the one that it belongs to. A program opens into its processes. */
function turnFamily(state: State, isOpening: boolean): State {
  const { list } = state;
  const { selectedId } = list;
  const program = selectedId === null || isFamily(selectedId) ? null : programOf(selectedId);
  if (program !== null && (isOpening || list.opened.has(program))) return turnProgram(state, program, isOpening);
  const family = familyShown(selectVisibleRows(state), list.selectedId, list.folding);
  if (family === null)
    return { ...state, message: plainMessage('this row is folded; Right shows its processes', 'info', state.nowMs) };
  const opened = new Set(list.opened);
  if (isOpening) opened.add(family);
  else opened.delete(family);
  return { ...state, list: { ...list, opened, selectedId: isOpening ? list.selectedId : family } };
}

function signalHint(): string {
  const key = labelFor('list', 'signal');
  return key === null
    ? 'its processes are shown'
    : `its processes are shown; ${key} sends a signal to the selected one`;
}

/** Shows the processes of a program below it, or hides them. */
function turnProgram(state: State, program: string, isOpening: boolean): State {
  const { list, rows, nowMs } = state;
  const isRunning = rows.some(({ id, pid }) => id === program && pid !== null);
  if (isOpening && !isRunning)
    return { ...state, message: plainMessage(`${program} is not running: it has no processes`, 'info', nowMs) };
  if (isOpening && list.opened.has(program)) return { ...state, message: plainMessage(signalHint(), 'info', nowMs) };
  const opened = new Set(list.opened);
  if (isOpening) opened.add(program);
  else opened.delete(program);
  return { ...state, list: { ...list, opened, selectedId: program } };
}

/** Commands that fold and unfold rows. */
export const FOLD_COMMANDS = {
  fold: (state) => become(foldTable(state)),
  openFamily: (state) => become(turnFamily(state, true)),
  foldFamily: (state) => become(turnFamily(state, false)),
  toggleStory: (state) => become(toggleStory(state, null)),
  openStory: (state) => become(toggleStory(state, true)),
  foldStory: (state) => become(toggleStory(state, false)),
  toggleFolding: (state) => become(toggleFolding(state)),
} satisfies Record<string, Command>;
