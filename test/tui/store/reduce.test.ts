import { HealerError } from '../../../src/protocol/errors.ts';
import { describe, expect, test } from 'vitest';
import { TUI_LIMITS } from '../../../src/tui/style/tui-limits.ts';
import { reduce } from '../../../src/tui/store/reduce.ts';
import { selectIsStale } from '../../../src/tui/store/selectors.ts';
import { engineEvent, programRow } from '../../support/program-row.ts';
import { NOW, screenWith, snapshotTaken } from '../support/states.ts';

const GONE = new HealerError('ENGINE_NOT_RUNNING', 'gone');

describe('snapshots', () => {
  test('a full one replaces all rows, a later one only those that changed', () => {
    const first = screenWith(['a', 'b', 'c']);
    const later = snapshotTaken(first, [programRow({ id: 'b', pid: 99 }), programRow({ id: 'd' })], ['c']);
    expect(later.rows.map(({ id, pid }) => [id, pid])).toEqual([
      ['a', 4711],
      ['b', 99],
      ['d', 4711],
    ]);
  });

  test('the selection follows its program when others are added or removed', () => {
    const state = screenWith(['a', 'b', 'c']);
    const selected = { ...state, list: { ...state.list, selectedId: 'b', selectedIndex: 1 } };
    const later = snapshotTaken(selected, [programRow({ id: 'z' }), programRow({ id: 'y' }), programRow({ id: 'b' })]);
    expect(later.list).toMatchObject({ selectedId: 'b', selectedIndex: 2 });
  });

  test('the selection keeps its index when its program is removed', () => {
    const state = screenWith(['a', 'b', 'c']);
    const selected = { ...state, list: { ...state.list, selectedId: 'b', selectedIndex: 1 } };
    expect(snapshotTaken(selected, [], ['b']).list).toMatchObject({ selectedId: 'c', selectedIndex: 1 });
  });

  test('marks of removed programs are dropped', () => {
    const state = screenWith(['a', 'b'], {});
    const marked = { ...state, list: { ...state.list, marked: new Set(['a', 'b']) } };
    expect([...snapshotTaken(marked, [], ['a']).list.marked]).toEqual(['b']);
  });
});

describe('the connection', () => {
  test('when it is lost, the rows and the time of the loss are kept', () => {
    const lost = reduce(screenWith(['a']), { kind: 'disconnected', error: GONE, nowMs: NOW });
    const again = reduce(lost, { kind: 'disconnected', error: GONE, nowMs: NOW + 5000 });
    expect(again.connection).toMatchObject({ kind: 'down', sinceMs: NOW });
    expect(again.rows).toHaveLength(1);
    expect(selectIsStale(again)).toBe(true);
  });

  test('when it is back, nothing is stale anymore', () => {
    const lost = reduce(screenWith(['a']), { kind: 'disconnected', error: GONE, nowMs: NOW });
    expect(selectIsStale(snapshotTaken(lost, [programRow()]))).toBe(false);
  });

  test('when it is open but silent, the screen is stale until the engine responds again', () => {
    const at = (ms: number) => reduce(screenWith(['a']), { kind: 'ticked', nowMs: NOW + ms });
    expect(selectIsStale(at(TUI_LIMITS.silenceMs))).toBe(false);
    const silent = at(TUI_LIMITS.silenceMs + 1);
    expect(silent.connection).toMatchObject({ kind: 'down', sinceMs: NOW, reason: 'the engine is not responding' });
    expect(selectIsStale(snapshotTaken(silent, [programRow()]))).toBe(false);
  });

  test('a failed start of the engine is shown with its reason', () => {
    const down = reduce(screenWith([]), { kind: 'disconnected', error: GONE, nowMs: NOW });
    const starting = reduce(down, { kind: 'engineStarting' });
    expect(starting.connection).toMatchObject({ isStarting: true });
    const failed = reduce(starting, { kind: 'engineNotStarted', reason: 'no such file', nowMs: NOW });
    expect(failed.connection).toMatchObject({ isStarting: false });
    expect(failed.message?.text).toContain('no such file');
  });
});

describe('events', () => {
  test('are added once, and the newest bad one is shown as news', () => {
    const history = reduce(screenWith([]), { kind: 'eventsHappened', events: [engineEvent(1)], isHistory: true });
    const later = reduce(history, {
      kind: 'eventsHappened',
      events: [engineEvent(1), engineEvent(2, { kind: 'crashed', reason: 'killed by SIGSEGV' }), engineEvent(3)],
      isHistory: false,
    });
    expect(later.events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(later.message?.text).toBe('web: killed by SIGSEGV');
  });

  test('do not replace the result of a recent operation', () => {
    const operated = reduce(screenWith(['web']), {
      kind: 'operated',
      operation: 'restart',
      params: {},
      outcomes: [
        { kind: 'done', id: 'web', result: { id: 'web', state: 'running', pid: 5, forced: false, tookMs: 120 } },
      ],
      nowMs: NOW,
    });
    const later = reduce(operated, { kind: 'eventsHappened', events: [engineEvent(9)], isHistory: false });
    expect(later.message).toMatchObject({ text: 'Restart web: running, pid 5 (120ms)', command: 'healer restart web' });
  });
});

describe('the clock', () => {
  test('adds a sample to the trends every other tick', () => {
    let state = screenWith([programRow({ id: 'a', cpuPercent: 7 })]);
    for (let tick = 1; tick <= 4; tick += 1) state = reduce(state, { kind: 'ticked', nowMs: NOW + tick * 1000 });
    expect(state.trends.get('a')).toEqual([7, 7]);
    expect(state.nowMs).toBe(NOW + 4000);
  });

  test('adds nothing to the trends while disconnected', () => {
    const lost = reduce(screenWith(['a']), { kind: 'disconnected', error: GONE, nowMs: NOW });
    const later = reduce(reduce(lost, { kind: 'ticked', nowMs: NOW }), { kind: 'ticked', nowMs: NOW });
    expect(later.trends.size).toBe(0);
  });
});

test('output of a program that is no longer shown is dropped', () => {
  const state = screenWith(['a', 'b']);
  const late = reduce(state, { kind: 'logged', id: 'b', lines: [], skipped: 3 });
  expect(late.log).toBe(state.log);
});
