import { describe, expect, test } from 'vitest';
import { respond } from '../../../src/tui/commands/respond.ts';
import { contextOf } from '../../../src/tui/keys/keymap.ts';
import { composeFrame } from '../../../src/tui/lines/frame.ts';
import { layoutOf } from '../../../src/tui/layout/layout.ts';
import { topPlace } from '../../../src/tui/layout/log-place.ts';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { selectLogHeight, selectLogRoom } from '../../../src/tui/store/selectors.ts';
import { logLine } from '../support/fake-world.ts';
import { visible } from '../support/samples.ts';
import { pens, press, screenWith } from '../support/states.ts';

const NAMES = Array.from({ length: 15 }, (_, index) => `p${String(index)}`);

function screen(columns = 120, rows = 35): State {
  const state = screenWith(NAMES, { size: { columns, rows } });
  const lines = Array.from({ length: 100 }, (_, index) => logLine(`line ${String(index)}`));
  return settle({ ...state, log: appendLog(state.log, 'p0', lines, 0) });
}

function drawn(state: State, ascii = false): string[] {
  return visible(composeFrame(state, pens({ ascii }), null));
}

function wheelAt(state: State, row: number): State {
  return settle(respond(state, { name: 'wheelup', text: '', at: { column: 5, row } }).state);
}

describe('panes', () => {
  test('have borders with titles from 100 columns on', () => {
    const frame = drawn(screen());
    const top = frame.findIndex((text) => text.startsWith('╭─ Programs 15 ─'));
    const log = frame.findIndex((text) => text.startsWith('╭─ Log of p0 ─'));
    expect(frame[top]).toMatch(/─ problems first ─╮$/);
    expect(log).toBe(top + 17);
    expect(frame[log - 1]).toMatch(/^╰─+╯$/);
    for (const text of frame.slice(top, log)) expect(text).toHaveLength(120);
    expect(frame.slice(log).join('\n')).toContain('line 99');
    expect(drawn(screen(), true).join('')).toMatch(/^[ -~]*$/);
  });

  test.each([
    [80, 24],
    [99, 35],
    [120, 29],
  ])('have none at %ix%i', (columns, rows) => {
    expect(drawn(screen(columns, rows)).join('')).not.toContain('╭');
  });

  test('get the focus with Tab, and keys act on the one that has it', () => {
    const focused = press(screen(), 'tab').state;
    expect(contextOf(focused)).toBe('tail');
    const up = press(focused, 'pageup').state;
    expect(up.list.selectedId).toBe('p0');
    expect(topPlace(up.log, selectLogRoom(up)).index).toBe(100 - 2 * selectLogHeight(up));
    expect(drawn(up).join('\n')).toContain(`${String(selectLogHeight(up))} more below`);
    const back = press(up, 'escape', 'j').state;
    expect(back.list.selectedId).toBe('p1');
    expect(contextOf(press(focused, 'tab').state)).toBe('list');
  });

  test('that has the focus is searched, opened and zoomed', () => {
    const focused = press(screen(), 'tab').state;
    expect(press(focused, '/', '4', '2', 'enter').state.log.match).toBe(42);
    expect(press(focused, 'enter').state).toMatchObject({ view: { kind: 'program', id: 'p0' }, focus: 'table' });
    expect(press(focused, 'z').state).toMatchObject({ view: { kind: 'program', id: 'p0' }, isZoomed: true });
  });

  test('are scrolled by the wheel where the mouse is', () => {
    const state = screen();
    const { header, tabs, table } = layoutOf(state);
    const overLog = wheelAt(state, header + tabs + table + 3);
    expect(overLog.log.isFollowing).toBe(false);
    expect(overLog).toMatchObject({ focus: 'table', list: { selectedId: 'p0' } });
    expect(wheelAt(press(state, 'G').state, header + tabs + 3).list.selectedId).toBe('p11');
  });

  test('get the focus by a click, which also selects the program below the mouse', () => {
    const state = screen();
    const { header, tabs, table } = layoutOf(state);
    const at = (row: number): State =>
      settle(respond(state, { name: 'click', text: '', at: { column: 5, row } }).state);
    expect(at(header + tabs + table + 3).focus).toBe('log');
    expect(at(header + tabs + 2 + 4).list.selectedId).toBe('p4');
    expect(at(header + tabs + 1).list.sort).toMatchObject({ by: 'name' });
  });

  test('lose the focus when there is no room for the log', () => {
    const focused = press(screen(), 'tab').state;
    expect(settle({ ...focused, size: { columns: 80, rows: 20 } }).focus).toBe('table');
    expect(press(screen(80, 20), 'tab').state.view).toMatchObject({ tab: 'anomalies' });
  });
});
