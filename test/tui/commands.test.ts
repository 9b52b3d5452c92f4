import { describe, expect, test } from 'vitest';
import { programRow } from '../support/program-row.ts';
import { press, screenWith, snapshotTaken } from './support/states.ts';

const THREE = ['a', 'b', 'c'];

describe('moving', () => {
  test('selects the next and the previous program, and stops at the ends', () => {
    expect(press(screenWith(THREE), 'j').state.list.selectedId).toBe('b');
    expect(press(screenWith(THREE), 'j', 'j', 'j', 'down').state.list.selectedId).toBe('c');
    expect(press(screenWith(THREE), 'G', 'k').state.list.selectedId).toBe('b');
    expect(press(screenWith(THREE), 'G', 'g', 'k').state.list.selectedId).toBe('a');
  });

  test('Space marks one program after the other, and stays on the last', () => {
    const { list } = press(screenWith(THREE), ' ', ' ', ' ').state;
    expect([...list.marked]).toEqual(THREE);
    expect(list.selectedId).toBe('c');
    expect([...press(screenWith(THREE), ' ', 'k', ' ').state.list.marked]).toEqual([]);
  });

  test('keeps the selection visible', () => {
    const many = screenWith(Array.from({ length: 100 }, (_, index) => `p${index}`));
    const { list } = press(many, 'G').state;
    expect(list.selectedIndex).toBe(99);
    expect(list.top).toBe(100 - 17);
    expect(press(many, 'pagedown', 'pagedown', 'pageup').state.list.selectedIndex).toBe(17);
  });
});

describe('operations', () => {
  test('restart asks for the selected program', () => {
    const asked = press(screenWith(THREE), 'j', 'r');
    expect(asked.effects).toEqual([]);
    expect(asked.state.overlay).toMatchObject({ kind: 'confirm', question: { operation: 'restart' } });
    const { effects, state } = press(asked.state, 'y');
    expect(effects).toEqual([{ kind: 'operate', operation: 'restart', ids: ['b'], params: {} }]);
    expect(state.message?.text).toBe('Restart b ...');
  });

  test('restart asks for confirmation if several programs are marked', () => {
    const asked = press(screenWith(THREE), ' ', ' ', 'r');
    expect(asked.effects).toEqual([]);
    expect(press(asked.state, 'y').effects).toEqual([
      { kind: 'operate', operation: 'restart', ids: ['a', 'b'], params: {} },
    ]);
  });

  test.each(['X', 'x'])('%s asks for confirmation, naming the program', (key) => {
    const { effects, state } = press(screenWith(THREE), key);
    expect(effects).toEqual([]);
    expect(state.overlay).toMatchObject({ kind: 'confirm', question: { targets: [{ id: 'a', pid: 4711 }] } });
  });

  test.each(['enter', 'n', 'escape', 'q'])('%s in a confirmation cancels', (key) => {
    const { effects, state } = press(screenWith(THREE), 'X', key);
    expect(effects).toEqual([]);
    expect(state.overlay.kind).toBe('none');
  });

  test('a program that a file defines cannot be removed, which is reported before confirmation', () => {
    const { effects, state } = press(screenWith(THREE), 'd');
    expect(effects).toEqual([]);
    expect(state.overlay.kind).toBe('none');
    expect(state.message?.text).toBe(
      'cannot remove "a": it is defined in process_list.txt:3; delete it there, or use :disable',
    );
    const added = snapshotTaken(state, [programRow({ id: 'a', source: 'registry' })]);
    expect(press(added, 'd').state.overlay.kind).toBe('confirm');
  });

  test('a confirmation keeps the program for which it was opened', () => {
    const asked = press(screenWith(THREE), 'X').state;
    const moved = snapshotTaken(asked, [programRow({ id: 'new' }), programRow({ id: 'b' })]);
    expect(press(moved, 'y').effects).toEqual([{ kind: 'operate', operation: 'kill', ids: ['a'], params: {} }]);
  });

  test('p resumes a paused program', () => {
    const paused = screenWith([programRow({ id: 'a', state: 'paused' })]);
    expect(press(paused, 'p').effects).toMatchObject([{ operation: 'resume' }]);
    expect(press(screenWith(THREE), 'p').effects).toEqual([]);
    expect(press(screenWith(THREE), 'p', 'y').effects).toMatchObject([{ operation: 'pause' }]);
  });

  test.each(['r', 'R'])('%s acts at once on a program that has failed or is unhealthy', (key) => {
    const failed = screenWith([programRow({ id: 'a', state: 'failed' })]);
    expect(press(failed, key).effects).toMatchObject([{ kind: 'operate', ids: ['a'] }]);
    const unhealthy = screenWith([programRow({ id: 'a', health: 'unhealthy' })]);
    expect(press(unhealthy, key).effects).toMatchObject([{ kind: 'operate', ids: ['a'] }]);
    expect(press(screenWith(['a']), key).state.overlay.kind).toBe('confirm');
  });

  test('a read-only screen refuses with a reason', () => {
    const { effects, state } = press(screenWith(THREE, { readOnly: true }), 'X');
    expect(effects).toEqual([]);
    expect(state.message?.text).toContain('read-only');
  });

  test('without an engine, operations are refused', () => {
    const down = { kind: 'down', sinceMs: 0, reason: 'gone', isAbsent: true, isStarting: false } as const;
    const { effects, state } = press(screenWith(THREE, { connection: down }), 'r');
    expect(effects).toEqual([]);
    expect(state.message?.text).toContain('is not responding');
    expect(press(state, 'u').effects).toEqual([{ kind: 'startEngine' }]);
  });
});

describe('filtering', () => {
  test('works while typing; Escape restores the previous filter', () => {
    const typed = press(screenWith(['api', 'web', 'worker']), '/', 'w', 'e').state;
    expect(typed.list).toMatchObject({ filter: 'we', selectedId: 'web' });
    expect(press(typed, 'escape').state.list.filter).toBe('');
    const kept = press(typed, 'enter').state;
    expect(kept.list.filter).toBe('we');
    expect(press(kept, 'escape').state.list.filter).toBe('');
  });

  test('treats keys as text, so that q does not quit', () => {
    const { state, effects } = press(screenWith(THREE), '/', 'q', 'X', 'backspace');
    expect(effects).toEqual([]);
    expect(state.list.filter).toBe('q');
  });

  test('! shows only unhealthy programs', () => {
    const state = screenWith([programRow({ id: 'a' }), programRow({ id: 'b', state: 'failed' })]);
    expect(press(state, '!').state.list.selectedId).toBe('b');
  });
});

describe('sorting', () => {
  test('by CPU shows the highest first; sorting again reverses the order', () => {
    const state = screenWith([programRow({ id: 'a', cpuPercent: 1 }), programRow({ id: 'b', cpuPercent: 9 })]);
    expect(press(state, 'o', 'c', 'g').state.list.selectedId).toBe('b');
    expect(press(state, 'o', 'c', 'o', 'c', 'g').state.list.selectedId).toBe('a');
  });

  test('keeps the selected program selected', () => {
    const state = screenWith([programRow({ id: 'a', cpuPercent: 1 }), programRow({ id: 'b', cpuPercent: 9 })]);
    expect(press(state, 'o', 'c').state.list).toMatchObject({ selectedId: 'a', selectedIndex: 1 });
  });
});

describe('views', () => {
  test('Enter opens the selected program, Escape returns to it in the list', () => {
    const opened = press(screenWith(THREE), 'j', 'enter').state;
    expect(opened.view).toEqual({ kind: 'program', id: 'b', from: 'processes', logOf: ['b'] });
    expect(opened.log.ids).toEqual(['b']);
    const back = press(opened, 'escape').state;
    expect(back.view).toEqual({ kind: 'tab', tab: 'processes' });
    expect(back.list.selectedId).toBe('b');
  });

  test.each(['tab', ']'])('%s wraps around where the list is the only pane', (key) => {
    const state = screenWith(THREE, { size: { columns: 80, rows: 20 } });
    expect(press(state, key).state.view).toMatchObject({ tab: 'anomalies' });
    expect(press(state, key, key, key, key, key).state.view).toMatchObject({ tab: 'processes' });
    expect(press(screenWith(THREE), 'shift-tab').state.view).toMatchObject({ tab: 'events' });
  });

  test('Escape never quits', () => {
    expect(press(screenWith(THREE), 'escape', 'escape', 'escape').effects).toEqual([]);
  });

  test('q quits and Ctrl-C interrupts', () => {
    expect(press(screenWith(THREE), 'q').effects).toEqual([{ kind: 'quit' }]);
    expect(press(screenWith(THREE), 'X', 'ctrl-c').effects).toEqual([{ kind: 'interrupt' }]);
  });
});
