import { columnAt } from '../layout/columns-at.ts';
import type { CommandName } from '../keys/key-bindings.ts';
import { commandFor, contextOf } from '../keys/keymap.ts';
import { layoutOf, regionAt } from '../layout/layout.ts';
import { tabRoom } from '../store/narrowing.ts';
import { recordTabOf } from '../store/selectors.ts';
import type { State } from '../state/state.ts';
import { tabAt } from '../layout/tabs.ts';
import type { Position } from '../terminal/key-decoder.ts';
import { moveCursorBy, selectIndex } from './move-commands.ts';
import { become, type Response } from './response.ts';
import { sortBy } from './sort-commands.ts';
import { showTab, tabOf } from './view-commands.ts';

/**
 * What the mouse does: a click chooses a row, a second one opens it, on a heading it sorts, on a tab it goes there; the
 * wheel moves. Over a dialog only the wheel means something.
 */
export function respondToClick(state: State, button: string, at: Position): Response | CommandName {
  if (button !== 'click') return commandFor(contextOf(state), { name: button, text: '' }) ?? become(state);
  if (state.overlay.kind !== 'none') return become(state);
  const place = regionAt(layoutOf(state), at.row);
  if (place === null) return become(state);
  if (place.region === 'tabs') {
    const tab = tabAt(at.column, tabOf(state.view), tabRoom(state));
    return tab === null ? become(state) : showTab(tab)(state, '');
  }
  if (place.region === 'table' || place.region === 'cooldowns') return clickProgram(state, place.line, at.column);
  return place.region === 'records' ? clickRecord(state, place.line) : become(state);
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
