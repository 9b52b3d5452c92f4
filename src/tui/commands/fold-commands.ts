import type { State } from '../state/state.ts';
import { keyOfEntry, type LogEntry } from '../state/stories.ts';
import { plainMessage } from '../store/messages.ts';
import { selectLogEntries } from '../store/selectors.ts';
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
  const found = storyAt(selectLogEntries(state), list.selectedIndex);
  if (found === null)
    return { ...state, message: plainMessage('this event is not part of a story', 'info', state.nowMs) };
  const opened = new Set(state.openStories);
  if (isOpening ?? !found.isOpen) opened.add(found.story.seq);
  else opened.delete(found.story.seq);
  const events = { ...list, isFollowing: false, selectedKey: keyOfEntry(found) };
  return { ...state, openStories: opened, records: { ...state.records, events } };
}

function toggleFolding(state: State): State {
  const text = state.foldsEvents ? 'every event has a row' : 'what happened to a program is folded into stories';
  return { ...state, foldsEvents: !state.foldsEvents, message: plainMessage(text, 'info', state.nowMs) };
}

/** Commands that fold and unfold rows. */
export const FOLD_COMMANDS = {
  toggleStory: (state) => become(toggleStory(state, null)),
  openStory: (state) => become(toggleStory(state, true)),
  foldStory: (state) => become(toggleStory(state, false)),
  toggleFolding: (state) => become(toggleFolding(state)),
} satisfies Record<string, Command>;
