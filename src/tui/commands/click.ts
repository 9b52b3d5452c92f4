import { columnAt } from '../layout/columns-at.ts';
import { hintAt } from '../layout/footer-hints.ts';
import type { CommandName } from '../keys/key-bindings.ts';
import { commandFor, contextOf } from '../keys/keymap.ts';
import type { PartName } from '../layout/screen.ts';
import { hasBorders } from '../layout/screen.ts';
import { layoutOf, placeAt } from '../layout/layout.ts';
import { plainMessage } from '../store/messages.ts';
import { tabRoom } from '../store/narrowing.ts';
import { recordTabOf } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { FLEET_LABEL, tabAt, tabLabels } from '../layout/tabs.ts';
import type { Position } from '../terminal/mouse-keys.ts';
import { MOVE_COMMANDS, moveCursorBy, selectIndex } from './move-commands.ts';
import { become, type Response } from './response.ts';
import { sortBy } from './sort-commands.ts';
import { showTab, tabOf, VIEW_COMMANDS } from './view-commands.ts';

/**
 * Handles the mouse: a click selects a row, a second click opens it, a click on a heading sorts, a click on a tab shows
 * it, a click on a key in the last line presses it, and the wheel scrolls. While a dialog is open, only the wheel and the
 * keys work, and no click confirms.
 */
export function respondToClick(state: State, button: string, at: Position): Response | CommandName {
  if (button !== 'click') return scroll(state, button, at);
  const place = placeAt(layoutOf(state), at, state.size.columns);
  if (place?.part === 'footer') return clickKey(state, at.column);
  if (state.overlay.kind !== 'none') return become(state);
  const click = place === null ? undefined : CLICKS[place.part];
  return place === null || click === undefined ? become(state) : click(state, place.line, at.column);
}

/** The wheel scrolls the pane under the mouse, wherever the focus is. */
function scroll(state: State, button: string, at: Position): Response | CommandName {
  const place = placeAt(layoutOf(state), at, state.size.columns);
  if (state.overlay.kind === 'none' && (place?.part === 'tail' || place?.part === 'table')) {
    const focus = place.part === 'tail' ? 'log' : 'table';
    const command = button === 'wheelup' ? MOVE_COMMANDS.wheelUp : MOVE_COMMANDS.wheelDown;
    const { state: moved, effects } = command({ ...state, focus }, '');
    return { state: { ...moved, focus: state.focus }, effects };
  }
  return commandFor(contextOf(state), { name: button, text: '' }) ?? become(state);
}

type Click = (state: State, line: number, column: number) => Response | CommandName;

/** The parts that can be clicked on. */
const CLICKS: Partial<Readonly<Record<PartName, Click>>> = {
  tabs: clickTab,
  table: clickTable,
  tail: (state) => become({ ...state, focus: 'log' }),
  cooldowns: clickProgram,
  records: clickRecord,
};

/** Presses the key. Those that stand for a question or for several keys have to be typed. */
function clickKey(state: State, column: number): Response | CommandName {
  const command = hintAt(state, column);
  if (command === null || command === 'confirm') return become(state);
  if (command !== 'mute') return command;
  return become({ ...state, message: plainMessage('press the number of a program to mute it', 'info', state.nowMs) });
}

function clickTab(state: State, _line: number, column: number): Response {
  const tab = tabAt(column, tabOf(state.view), tabRoom(state));
  if (tab !== null) return showTab(tab)(state, '');
  const tabs = tabLabels(tabOf(state.view), tabRoom(state));
  const end = tabs.reduce((sum, { text }) => sum + text.length + 1, 0) + FLEET_LABEL.length + 1;
  return state.fleet === 'none' || column >= end ? become(state) : VIEW_COMMANDS.showFleet(state);
}

/** Takes the border into account, if there is one. */
function clickTable(state: State, line: number, column: number): Response | CommandName {
  const border = hasBorders(state.size) ? 1 : 0;
  if (line < border) return become({ ...state, focus: 'table' });
  return clickProgram({ ...state, focus: 'table' }, line - border, column - border);
}

function clickProgram(state: State, line: number, column: number): Response | CommandName {
  if (line === 0) {
    const by = state.view.kind === 'tab' && state.view.tab === 'processes' ? columnAt(state, column) : null;
    return by === null ? become(state) : sortBy(by)(state, '');
  }
  const next = selectIndex(state, state.list.top + line - 1);
  return next.list.selectedId === state.list.selectedId ? 'open' : become(next);
}

function clickRecord(state: State, line: number): Response | CommandName {
  const tab = recordTabOf(state.view);
  if (tab === null || line === 0) return become(state);
  const { selectedIndex, top } = state.records[tab];
  const by = top + line - 1 - selectedIndex;
  return by === 0 ? 'open' : become(moveCursorBy(state, tab, by));
}
