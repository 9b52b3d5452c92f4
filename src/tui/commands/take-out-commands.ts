import { eventOfEntry } from '../state/stories.ts';
import { bottomIndex } from '../layout/log-place.ts';
import { shownLines } from '../state/log-view.ts';
import {
  recordTabOf,
  selectAnomalies,
  selectCurrentRow,
  selectLogEntries,
  selectLogRoom,
  selectZombies,
} from '../store/selectors.ts';
import type { RecordTab, State } from '../state/state.ts';
import { refuse } from './refuse.ts';
import { type Command, perform, type Response } from './response.ts';

/** Returns what `y` copies: the id of a program, the current match or the last line of a log, or a record. */
function copiedText(state: State): string | null {
  if (state.view.kind === 'program' || state.focus === 'log') return copiedLogLine(state);
  const tab = recordTabOf(state.view);
  return tab === null ? (selectCurrentRow(state)?.id ?? null) : copiedRecord(state, tab);
}

function copiedLogLine(state: State): string | null {
  const shown = shownLines(state.log);
  const found = shown.find(({ number }) => number === state.log.match);
  const line = found ?? shown[bottomIndex(state.log, selectLogRoom(state))];
  // A JSON line is copied as it was written, however it is shown.
  const held = line?.mark === 'date' ? undefined : state.log.lines.find(({ number }) => number === line?.number);
  return (held ?? line)?.text ?? null;
}

function copiedRecord(state: State, tab: RecordTab): string | null {
  const index = state.records[tab].selectedIndex;
  switch (tab) {
    case 'events': {
      const event = eventOfEntry(selectLogEntries(state)[index]);
      return event === null ? null : `${event.time} ${event.kind} ${event.process ?? 'engine'}: ${event.reason}`;
    }
    case 'anomalies': {
      const anomaly = selectAnomalies(state)[index];
      return anomaly === undefined ? null : `${anomaly.at} ${anomaly.kind} ${anomaly.id}: ${anomaly.evidence}`;
    }
    case 'zombies':
      return selectZombies(state)[index]?.pid.toString() ?? null;
  }
}

function copy(state: State): Response {
  const text = copiedText(state);
  if (text === null) return refuse(state, 'nothing to copy');
  return perform(state, { kind: 'copy', text });
}

function page(state: State): Response {
  const row = selectCurrentRow(state);
  if (state.isRemote) return refuse(state, 'the log file is on another machine');
  return row === null ? refuse(state, 'no program is selected') : perform(state, { kind: 'page', id: row.id });
}

/** Commands that take something out of the screen: to the clipboard or to a pager. */
export const TAKE_OUT_COMMANDS = { copy, page } satisfies Record<string, Command>;
