import { expect, test } from 'vitest';
import { contextOf } from '../../src/tui/keys/keymap.ts';
import { urgentCommand } from '../../src/tui/layout/footer-hints.ts';
import { footerSpans } from '../../src/tui/lines/footer-lines.ts';
import { respond } from '../../src/tui/commands/respond.ts';
import { settle } from '../../src/tui/store/settle.ts';
import type { State } from '../../src/tui/state/state.ts';
import { narrowingText, tabRoom } from '../../src/tui/store/narrowing.ts';
import { tabLabels } from '../../src/tui/layout/tabs.ts';
import { press, screenWith } from './support/states.ts';

/** At 80x24 the tabs are on row 3 and the heading of the table on row 4. */
const TABS = 3;
const HEADING = 4;
const STATE = screenWith(['a', 'b', 'c']);

function click(state: State, column: number, row: number): State {
  return settle(respond(state, { name: 'click', text: '', at: { column, row } }).state);
}

test('a click selects a program, a second one opens it', () => {
  const chosen = click(STATE, 10, HEADING + 2);
  expect(chosen.list.selectedId).toBe('b');
  expect(click(chosen, 10, HEADING + 2).view).toMatchObject({ kind: 'program', id: 'b' });
});

test('a click on a heading sorts, another one reverses the order', () => {
  const sorted = click(STATE, 4, HEADING);
  expect(sorted.list.sort).toEqual({ by: 'name', descending: false });
  expect(click(sorted, 4, HEADING).list.sort).toEqual({ by: 'name', descending: true });
});

test('a click on a tab shows it', () => {
  expect(click(STATE, 18, TABS).view).toMatchObject({ tab: 'anomalies' });
  expect(click(STATE, 79, TABS).view).toMatchObject({ tab: 'processes' });
});

test('a click works on tabs whose titles are hidden because of a filter', () => {
  const filtered = press(STATE, '/', ...Array.from('status:running'), 'enter').state;
  expect(tabLabels('processes', tabRoom(filtered)).map(({ text }) => text)).toEqual([
    ' 1 Processes ',
    ' 2 ',
    ' 3 ',
    ' 4 ',
    ' 5 ',
  ]);
  expect(narrowingText(filtered)).toBe('/status:running  3 of 3, Esc: all  ');
  expect(click(filtered, 23, TABS).view).toMatchObject({ tab: 'cooldown' });
});

test('the wheel scrolls; clicks below the list or in a dialog do nothing', () => {
  const wheeled = settle(respond(STATE, { name: 'wheeldown', text: '', at: { column: 0, row: 6 } }).state);
  expect(wheeled.list.selectedId).toBe('c');
  expect(click(STATE, 0, 22)).toBe(STATE);
  const asked = press(STATE, 'x').state;
  expect(click(asked, 10, HEADING + 2)).toBe(asked);
});

test('beside each other, a click and the wheel act on the pane under the mouse', () => {
  const many = Array.from({ length: 60 }, (_, index) => `p${String(index)}`);
  const wide = screenWith(many, { size: { columns: 160, rows: 40 } });
  expect(click(wide, 150, 10).focus).toBe('log');
  expect(click({ ...wide, focus: 'log' }, 10, 10).focus).toBe('table');
  const wheeled = settle(respond(wide, { name: 'wheeldown', text: '', at: { column: 150, row: 10 } }).state);
  expect(wheeled.list.selectedIndex).toBe(wide.list.selectedIndex);
});

test('a click on a key in the last line presses it, but does not confirm', () => {
  const row = STATE.size.rows - 1;
  const at = (state: State, label: string): number => footerText(state).indexOf(label);
  const asked = click(STATE, at(STATE, 'x stop'), row);
  expect(asked.overlay).toMatchObject({ kind: 'confirm', question: { operation: 'stop' } });
  expect(click(asked, at(asked, 'y yes'), row)).toBe(asked);
  expect(click(asked, at(asked, 'n no'), row).overlay.kind).toBe('none');
  expect(click(STATE, at(STATE, '? help'), row).overlay.kind).toBe('help');
});

function footerText(state: State): string {
  const spans = footerSpans(
    contextOf(state),
    { columns: state.size.columns, glyphs: { side: '│' } },
    urgentCommand(state),
  );
  return spans.map(({ text }) => text).join('');
}
