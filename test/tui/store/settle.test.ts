import { describe, expect, test } from 'vitest';
import type { State } from '../../../src/tui/state/state.ts';
import { createStore } from '../../../src/tui/store/store.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { narrowingText, tabRoom } from '../../../src/tui/store/narrowing.ts';
import { engineEvent } from '../../support/program-row.ts';
import { VIEWS } from '../support/samples.ts';
import { press, screenWith } from '../support/states.ts';

const MANY = Array.from({ length: 50 }, (_, index) => `p${index}`);

describe('settling', () => {
  test.each(VIEWS)('returns the same state if nothing had to change in %j', (view) => {
    const state = screenWith(['a', 'b'], { view });
    expect(settle(state)).toBe(state);
  });

  test('selects the nearest program if the selected one is hidden by a filter', () => {
    const state = press(screenWith(MANY), 'G').state;
    const filtered = settle({ ...state, list: { ...state.list, filter: 'p1' } });
    expect(filtered.list).toMatchObject({ selectedId: 'p19', selectedIndex: 10, top: 0 });
  });

  test('selects nothing if no program is left', () => {
    const state = screenWith(MANY);
    expect(settle({ ...state, rows: [] }).list).toMatchObject({ selectedId: null, selectedIndex: 0, top: 0 });
  });

  test('scrolls so that the selection stays visible on a smaller screen', () => {
    const state = press(screenWith(MANY), 'pagedown').state;
    expect(state.list).toMatchObject({ selectedIndex: 17, top: 1 });
    const smaller = settle({ ...state, size: { columns: 80, rows: 12 } });
    expect(smaller.list.top).toBeGreaterThan(1);
    expect(smaller.list.selectedIndex).toBe(17);
  });

  test('opens the log of the program that is selected on a high screen', () => {
    const state = screenWith(MANY, { size: { columns: 80, rows: 40 } });
    expect(state.log.ids).toEqual(['p0']);
    expect(press(state, 'j').state.log.ids).toEqual(['p1']);
  });

  test('keeps the cursor of a list of events on the newest one', () => {
    const state = screenWith(MANY, { view: { kind: 'tab', tab: 'events' }, events: [engineEvent(1), engineEvent(2)] });
    expect(state.records.events).toMatchObject({ selectedIndex: 1, selectedKey: '2' });
    const later = settle({ ...state, events: [...state.events, engineEvent(3)] });
    expect(later.records.events).toMatchObject({ selectedIndex: 2, selectedKey: '3' });
  });
});

describe('a store', () => {
  test('notifies listeners of changes only', () => {
    const store = createStore(screenWith(['a']));
    let calls = 0;
    const unsubscribe = store.subscribe(() => {
      calls += 1;
    });
    store.update((state) => state);
    expect(calls).toBe(0);
    store.update((state) => ({ ...state, ticks: 1 }));
    expect(calls).toBe(1);
    unsubscribe();
    store.update((state) => ({ ...state, ticks: 2 }));
    expect(calls).toBe(1);
    expect(store.state().ticks).toBe(2);
  });

  test('settles every state', () => {
    const store = createStore(screenWith(['a', 'b']));
    store.update((state) => ({ ...state, list: { ...state.list, selectedId: 'none', selectedIndex: 7 } }));
    expect(store.state().list).toMatchObject({ selectedId: 'b', selectedIndex: 1 });
  });
});

describe('the filters beside the tabs', () => {
  test.each<[string, (state: State) => State, string]>([
    ['nothing', (state) => state, ''],
    ['a filter', (state) => press(state, '/', 'p', '1', 'enter').state, '/p1  11 of 50, Esc: all  '],
    ['unhealthy programs only', (state) => press(state, '!').state, 'unhealthy only  0 of 50, Esc: all  '],
    ['marks', (state) => press(state, ' ', ' ').state, '2 marked  '],
    ['a read-only screen', (state) => ({ ...state, readOnly: true }), 'read-only  '],
    ['a filter of records', (state) => press(state, '5', '/', 'x', 'enter').state, '/x  0 shown, Esc: all  '],
    ['a filter on another tab', (state) => press(state, '/', 'p', '1', 'enter', '2').state, ''],
    ['a filter, while a program is open', (state) => press(state, '/', 'p', '1', 'enter', 'l').state, ''],
  ])('show %s', (_, change, text) => {
    const state = change(screenWith(MANY));
    expect(narrowingText(state)).toBe(text);
    expect(tabRoom(state)).toBe(text === '' ? 80 : 80 - text.length - 1);
  });
});
