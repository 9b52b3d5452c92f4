import { describe, expect, test } from 'vitest';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { engineEvent, programRow } from '../../support/program-row.ts';
import { logLine } from '../support/fake-world.ts';
import { anomaly, DOWN, zombie } from '../support/samples.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const STATE = screenWith(
  ['a', 'b', 'c'].map((id) => programRow({ id, source: 'registry' })),
  {
    events: [engineEvent(1, { process: 'b' }), engineEvent(2, { process: 'gone' })],
    anomalies: [anomaly(1, { id: 'c' })],
    zombies: { kind: 'read', zombies: [zombie(9)], seenAtMs: NOW },
  },
);

/** The screen of program "a" with 100 lines of output. */
function withLog(): State {
  const { state } = press(STATE, 'enter');
  const lines = Array.from({ length: 100 }, (_, index) =>
    logLine(index % 10 === 0 ? `needle ${index}` : `line ${index}`, index % 2 === 0 ? 'stdout' : 'stderr'),
  );
  return settle({ ...state, log: appendLog(state.log, 'a', lines, 0) });
}

describe('views', () => {
  test.each<[string[], object]>([
    [['tab'], { view: { tab: 'processes' }, focus: 'log' }],
    [[']'], { view: { tab: 'anomalies' } }],
    [['shift-tab'], { view: { tab: 'events' } }],
    [['3', 'tab'], { view: { tab: 'cooldown' } }],
    [['enter', '2'], { view: { kind: 'tab', tab: 'anomalies' } }],
    [['4', 'enter', 'tab'], { view: { kind: 'tab', tab: 'events' } }],
    [['4', 'enter'], { view: { kind: 'program', from: 'cooldown' } }],
    [['4', 'enter', 'escape'], { view: { kind: 'tab', tab: 'cooldown' } }],
    [['2', 'enter'], { view: { kind: 'program', id: 'c', from: 'anomalies' } }],
    [['3', 'enter'], { view: { kind: 'program', id: 'a', from: 'zombies' } }],
    [['5', 'g', 'enter'], { view: { kind: 'program', id: 'b', from: 'events' } }],
    [[' ', ' ', 'enter'], { view: { kind: 'program', logOf: ['a', 'b'] } }],
    [[' ', 'enter'], { view: { kind: 'program', logOf: ['b'] } }],
    [['enter', 'enter'], { view: { kind: 'program', id: 'a' } }],
    [['t'], { view: { kind: 'program', id: 'a' }, showsTree: true }],
    [['t', 't'], { showsTree: false }],
    [['z'], { isZoomed: true }],
    [['z', 'z'], { isZoomed: false }],
    [['enter', 'z', 'escape'], { isZoomed: false }],
    [['enter', 'z', 't'], { isZoomed: false, showsTree: true }],
    [['enter', 'H'], { span: '24h', usage: null }],
    [['enter', 'H', 'H'], { span: '15m' }],
    [['i'], { view: { tab: 'events' }, records: { events: { filter: 'process:a', isFollowing: true } } }],
    [['enter', 'i'], { view: { tab: 'events' }, records: { events: { filter: 'process:a' } } }],
    [['v'], { list: { isWide: true } }],
    [['v', 'v'], { list: { isWide: false } }],
    [['!'], { list: { unhealthyOnly: true } }],
    [['?'], { overlay: { kind: 'help', page: 0 } }],
    [['?', 'j', 'j'], { overlay: { kind: 'help', page: 2 } }],
    [['?', 'k'], { overlay: { kind: 'help', page: 0 } }],
    [['?', 'q'], { overlay: { kind: 'none' } }],
    [['5', 'f'], { records: { events: { isFollowing: false } } }],
  ])('the keys %j lead to %j', (keys, expected) => {
    expect(press(STATE, ...keys).state).toMatchObject(expected);
  });

  test('a record of a removed program cannot be opened', () => {
    const { state } = press(STATE, '5', 'G', 'enter');
    expect(state.view).toMatchObject({ tab: 'events' });
    expect(state.message?.text).toBe('this record does not belong to an existing program');
  });

  test('Escape closes marks before filters', () => {
    const filtered = press(STATE, '/', 'a', 'enter', ' ').state;
    const once = press(filtered, 'escape').state;
    expect(once.list.marked.size).toBe(0);
    expect(once.list.filter).toBe('a');
    expect(press(once, 'escape').state.list.filter).toBe('');
  });
});

describe('the refresh interval', () => {
  test.each([
    [['+'], 500],
    [['='], 500],
    [['+', '+'], 250],
    [['+', '+', '+'], 250],
    [['-'], 2000],
    [['-', '-'], 5000],
    [['-', '-', '-'], 10_000],
    [['-', '-', '-', '-'], 10_000],
    [['-', '+'], 1000],
  ])('after the keys %j is %i ms', (keys, rateMs) => {
    const { state } = press(STATE, ...keys);
    expect(state.rateMs).toBe(rateMs);
    expect(state.message?.text).toBe(`the table is refreshed every ${rateMs / 1000} s`);
  });
});

describe('copying', () => {
  test.each<[string[], string]>([
    [[], 'a'],
    [['j'], 'b'],
    [['4'], 'a'],
    [['5', 'g'], '2026-11-21T09:34:10.123Z started b: REASON'],
    [['2'], '2026-11-21T09:59:01.000Z memory-leak c: evidence 1'],
    [['3'], '9'],
  ])('after the keys %j copies %j', (keys, text) => {
    const { effects, state } = press(STATE, ...keys, 'y');
    expect(effects).toEqual([{ kind: 'copy', text: text.replace('REASON', engineEvent(1).reason) }]);
    // What became of it is reported once it is known.
    expect(state.message).toBe(STATE.message);
  });

  test('copies the last line of a log, or the match of a search', () => {
    expect(press(withLog(), 'y').effects).toEqual([{ kind: 'copy', text: 'line 99' }]);
    expect(press(withLog(), '/', 'n', 'e', 'e', 'd', 'enter', 'y').effects).toEqual([
      { kind: 'copy', text: 'needle 90' },
    ]);
  });

  test('copies a JSON line as it was written, although it is shown by its fields', () => {
    const text = '{"level":"error","msg":"no route"}';
    const log = appendLog(withLog().log, 'a', [logLine(text)], 0);
    expect(press({ ...withLog(), log }, 'J', 'y').effects).toEqual([{ kind: 'copy', text }]);
  });

  test('copies a long line whole', () => {
    const log = appendLog(withLog().log, 'a', [logLine('x'.repeat(50))], 0);
    const { effects } = press({ ...withLog(), log }, 'y');
    expect(effects).toEqual([{ kind: 'copy', text: 'x'.repeat(50) }]);
  });

  test('reports that there is nothing to copy', () => {
    expect(press(screenWith([]), 'y').state.message?.text).toBe('nothing to copy');
    expect(press(screenWith(['a']), 'enter', 'y').state.message?.text).toBe('nothing to copy');
  });
});

describe('the log', () => {
  test.each<[string[], object]>([
    [['k'], { isFollowing: false }],
    [['k', 'G'], { isFollowing: true }],
    [['g'], { isFollowing: false, top: 0 }],
    [['f'], { isFollowing: false }],
    [['f', 'f'], { isFollowing: true }],
    [['w'], { wraps: true, column: 0 }],
    [['right'], { column: 16 }],
    [['right', 'right', 'left'], { column: 0 }],
    [['left'], { column: 0 }],
    [['right', 'w'], { wraps: true, column: 0 }],
    [['L'], { stream: 'stderr' }],
    [['L', 'L'], { stream: 'stdout' }],
    [['L', 'L', 'L'], { stream: 'both' }],
    [['v'], { level: 'info' }],
    [['v', 'v', 'v'], { level: 'error' }],
    [['v', 'v', 'v', 'v'], { level: null }],
    [['J'], { showsFields: true }],
    [['J', 'J'], { showsFields: false }],
    [['T'], { times: 'date' }],
    [['T', 'T'], { times: 'none' }],
    [['T', 'T', 'T'], { times: 'time' }],
    [['/', 'n', 'e', 'e', 'd'], { search: 'need', match: null }],
    [['/', 'n', 'e', 'e', 'd', 'enter'], { search: 'need', match: 90 }],
    [['/', 'n', 'e', 'e', 'd', 'enter', 'n'], { match: 0 }],
    [['/', 'n', 'e', 'e', 'd', 'enter', 'N'], { match: 80 }],
    [['/', 'n', 'e', 'e', 'd', 'enter', '&'], { matchesOnly: true }],
    [['/', 'n', 'e', 'e', 'd', 'enter', '&', '&'], { matchesOnly: false }],
    [['/', 'x', 'escape'], { search: '' }],
  ])('after the keys %j is %j', (keys, expected) => {
    expect(press(withLog(), ...keys).state.log).toMatchObject(expected);
  });

  test.each([
    [['n'], 'no search text: press / to enter one'],
    [['N'], 'no search text: press / to enter one'],
    [['&'], 'no search text: press / to enter one'],
    [['/', 'z', 'z', 'enter'], 'no line contains "zz"'],
  ])('after the keys %j shows %j', (keys, text) => {
    expect(press(withLog(), ...keys).state.message?.text).toBe(text);
  });

  test('keeps its settings when another program is opened', () => {
    const { state } = press(withLog(), 'w', 'L', 'T', 'v', 'J', 'escape', 'j', 'enter');
    const kept = { wraps: true, stream: 'stderr', times: 'date', level: 'info', showsFields: true };
    expect(state.log).toMatchObject({ ids: ['b'], lines: [], ...kept });
  });
});

describe('what the screen refuses', () => {
  test.each([
    ['r', 'Restart: the engine is not responding; nothing was changed'],
    ['x', 'Stop: the engine is not responding; nothing was changed'],
    ['a', 'Add: the engine is not responding; nothing was changed'],
    ['e', 'Edit: the engine is not responding; nothing was changed'],
    ['h', 'Pause healing of: the engine is not responding; nothing was changed'],
  ])('%s without a connection: %s', (key, text) => {
    const { state, effects } = press({ ...STATE, connection: DOWN }, key);
    expect(state.message).toMatchObject({ text, tone: 'bad' });
    expect(effects).toEqual([]);
  });

  test.each([
    ['r', 'Restart: this screen is read-only; open it without --read-only to make changes'],
    ['d', 'Remove: this screen is read-only; open it without --read-only to make changes'],
  ])('%s on a read-only screen: %s', (key, text) => {
    expect(press({ ...STATE, readOnly: true }, key).state.message?.text).toBe(text);
  });

  test.each<[string, Partial<State>, string]>([
    ['is running', {}, 'the engine is already running'],
    ['refuses', { connection: { ...DOWN, isAbsent: false } }, 'connection refused'],
    [
      'may not be started',
      { connection: DOWN, readOnly: true },
      'this screen is read-only; start the engine with "healer up"',
    ],
  ])('u if the engine %s', (_, changes, text) => {
    const { state, effects } = press({ ...STATE, ...changes }, 'u');
    expect(state.message?.text).toBe(text);
    expect(effects).toEqual([]);
  });

  test('u while the engine is starting does nothing', () => {
    const starting = { ...STATE, connection: { ...DOWN, isStarting: true } };
    expect(press(starting, 'u')).toMatchObject({ effects: [], state: { message: null } });
  });

  test('the log file of a remote engine cannot be opened', () => {
    expect(press({ ...STATE, isRemote: true }, 'E').state.message?.text).toBe('the log file is on another machine');
    expect(press(STATE, 'E').effects).toEqual([{ kind: 'page', id: 'a' }]);
  });

  test('zombies cannot be cleaned up if the engine cannot list them', () => {
    const state = press({ ...STATE, zombies: { kind: 'refused', reason: 'not supported' } }, '3').state;
    expect(press(state, 'c').state.message?.text).toBe('not supported');
  });
});

describe('pausing and resuming', () => {
  test.each<[string, string[], string, object]>([
    ['on', ['h', '1'], 'hold', { forMs: 1_800_000 }],
    ['on', ['h', '2'], 'hold', { forMs: 7_200_000 }],
    ['on', ['h', '3'], 'hold', { forMs: 86_400_000 }],
    ['on', ['h', '0'], 'hold', {}],
    ['on', ['h', 'enter'], 'hold', {}],
    ['held', ['h'], 'release', {}],
  ])('healing that is %s: the keys %j perform %s with %j', (healing, keys, operation, params) => {
    const state = screenWith([programRow({ id: 'a', healing: healing as 'on' | 'held' })]);
    expect(press(state, ...keys).effects).toEqual([{ kind: 'operate', operation, ids: ['a'], params }]);
  });

  test('of healing can be canceled', () => {
    for (const key of ['escape', 'q']) {
      expect(press(STATE, 'h', key)).toMatchObject({ effects: [], state: { overlay: { kind: 'none' } } });
    }
  });

  test('of a program depends on the first marked one', () => {
    const rows = [programRow({ id: 'a', state: 'paused' }), programRow({ id: 'b' })];
    expect(press(screenWith(rows), '*', 'p').effects).toMatchObject([{ operation: 'resume', ids: ['a', 'b'] }]);
    expect(press(screenWith(rows.toReversed()), '*', 'p', 'y').effects).toMatchObject([{ operation: 'pause' }]);
  });
});

test('an operation removes the marks', () => {
  expect(press(STATE, ' ', 's').state.list.marked.size).toBe(0);
});
