import { describe, expect, test } from 'vitest';
import { respond } from '../../../src/tui/commands/respond.ts';
import { type KeyContext, KEYMAP } from '../../../src/tui/keys/key-bindings.ts';
import { commandFor, contextOf, keyLabel } from '../../../src/tui/keys/keymap.ts';
import { addForm } from '../../../src/tui/state/form.ts';
import { appendLog } from '../../../src/tui/state/append-log.ts';
import { emptyLog } from '../../../src/tui/state/log-view.ts';
import { emptyRecords } from '../../../src/tui/state/record-list.ts';
import type { Overlay, State, View } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { engineEvent, programRow } from '../../support/program-row.ts';
import { logLine } from '../support/fake-world.ts';
import { anomaly, target, zombie } from '../support/samples.ts';
import { NOW, screenWith } from '../support/states.ts';

/** What the engine proposes for a field of the form. */
const SUGGESTION = { field: 'limits.memoryMb', now: null, proposed: 465, reason: 'half of the highest usage as room' };

const ROWS = Array.from({ length: 50 }, (_, index) => programRow({ id: `p${index}`, source: 'registry' }));
const TEXT = { text: 'one two three', caret: 7 };

function inTab(tab: 'anomalies' | 'zombies' | 'events'): State {
  const state = screenWith(ROWS, {
    view: { kind: 'tab', tab },
    events: Array.from({ length: 60 }, (_, index) => engineEvent(index, { process: 'p1' })),
    anomalies: Array.from({ length: 60 }, (_, index) => anomaly(index, { id: 'p1' })),
    zombies: {
      kind: 'read',
      zombies: Array.from({ length: 60 }, (_, index) => zombie(index + 1, { program: 'p1' })),
      seenAtMs: NOW,
    },
  });
  const list = { ...emptyRecords(false), filter: 'pid>0', selectedIndex: 25 };
  return settle({ ...state, records: { ...state.records, [tab]: list } });
}

function inProgram(logOf: readonly string[] = ['p1']): State {
  const view: View = { kind: 'program', id: 'p1', from: 'processes', logOf };
  const lines = Array.from({ length: 60 }, (_, index) => logLine(`line ${index} error`));
  const log = {
    ...appendLog(emptyLog(logOf), 'p1', lines, 0),
    top: 20,
    isFollowing: false,
    column: 16,
    search: 'error',
  };
  return settle({ ...screenWith(ROWS, { view }), log });
}

/** A log of eight programs, one of which is muted. */
function inJointLog(): State {
  const state = inProgram(ROWS.slice(1, 9).map(({ id }) => id));
  return { ...state, log: { ...state.log, muted: new Set(['p2']) } };
}

/** The log below the table, which has the focus. */
function inTail(): State {
  const state = settle({ ...screenWith(ROWS, { size: { columns: 120, rows: 40 } }), focus: 'log' });
  return { ...state, log: { ...inProgram().log, ids: state.log.ids } };
}

function under(overlay: Overlay): State {
  return screenWith(ROWS, { overlay });
}

/** A state for each context in which every key has something to do. */
const STATES: Readonly<Record<KeyContext, State>> = {
  list: settle({
    ...screenWith(ROWS),
    list: { ...screenWith(ROWS).list, selectedId: 'p25', selectedIndex: 25, marked: new Set(['p25']) },
  }),
  anomalies: inTab('anomalies'),
  zombies: inTab('zombies'),
  events: inTab('events'),
  program: inProgram(),
  joint: inJointLog(),
  tail: inTail(),
  typing: under({ kind: 'prompt', purpose: 'filter', field: TEXT, before: 'x' }),
  palette: under({ kind: 'palette', field: { text: 'start p', caret: 3 }, chosen: 0 }),
  form: under({ kind: 'form', form: { ...addForm('/srv dir'), focused: 2, suggestions: [SUGGESTION] } }),
  sort: under({ kind: 'sort' }),
  hold: under({ kind: 'hold', targets: [target('p1')] }),
  signal: under({ kind: 'signal', target: { id: 'p1', pid: 7, startTicks: 5, command: 'serve' }, signal: null }),
  confirm: under({ kind: 'confirm', question: { operation: 'stop', targets: [target('p1')], params: {} } }),
  help: under({ kind: 'help', page: 1 }),
};

const CONTEXTS = Object.keys(STATES) as KeyContext[];
const BOUND = CONTEXTS.flatMap((context) =>
  KEYMAP.filter(({ in: contexts }) => contexts.includes(context)).flatMap(({ keys, command, help }) =>
    keys.map((key) => [context, key, command, help] as const),
  ),
);

/** Keys that have nothing to do in the states above, with the reason. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'list 1': 'the tab is already shown',
  'anomalies 2': 'the tab is already shown',
  'zombies 3': 'the tab is already shown',
  'events 5': 'the tab is already shown',
  'program right': 'the end of every line is in view',
  'tail 1': 'the tab is already shown',
  'tail right': 'the end of every line is in view',
  'joint right': 'the end of every line is in view',
  'form end': 'the caret is already at the end',
  'form ctrl-e': 'the caret is already at the end',
  'form delete': 'the caret is already at the end',
  'form ctrl-d': 'the caret is already at the end',
  'form ctrl-k': 'the caret is already at the end',
  'form right': 'the caret is already at the end',
};

test.each(CONTEXTS)('the state for %s has the keyboard focus there', (context) => {
  expect(contextOf(STATES[context])).toBe(context);
});

describe('each bound key', () => {
  test.each(BOUND)('in %s: %s is "%s" (%s)', (context, key, command) => {
    expect(commandFor(context, { name: key, text: '' })).toBe(command);
    const state = STATES[context];
    const { state: next, effects } = respond(state, { name: key, text: key.length === 1 ? key : '' });
    const hasEffect = effects.length > 0 || JSON.stringify(comparable(next)) !== JSON.stringify(comparable(state));
    expect(hasEffect).toBe(!(`${context} ${key}` in WITHOUT_EFFECT));
  });
});

/** Sets and maps are not shown by JSON. */
function comparable({ list, trends, log, ...rest }: State): unknown {
  return {
    ...rest,
    list: { ...list, marked: [...list.marked], opened: [...list.opened] },
    log: { ...log, muted: [...log.muted] },
    trends: [...trends],
  };
}

test('help texts start with a lowercase verb, without a period', () => {
  for (const { help } of KEYMAP) {
    expect(help).toMatch(/^[a-z]/);
    expect(help).not.toMatch(/\.$/);
  }
});

test('hints fit into a footer of 40 columns on their own', () => {
  for (const { keys, hint } of KEYMAP) {
    if (hint !== undefined) expect(keyLabel(keys[0] ?? '').length + hint[0].length + 3).toBeLessThanOrEqual(40);
  }
});

test.each([
  ['down', 'Down'],
  ['pagedown', 'PgDn'],
  ['enter', 'Enter'],
  ['escape', 'Esc'],
  ['shift-tab', 'Shift-Tab'],
  ['space', 'Space'],
  ['wheeldown', 'Wheel down'],
  ['wheelup', 'Wheel up'],
  ['ctrl-c', '^c'],
  ['G', 'G'],
  ['?', '?'],
])('the key %s is written as %s', (key, label) => {
  expect(keyLabel(key)).toBe(label);
});

test.each(['f1', 'ctrl-q', 'Z', '%', 'insert', 'alt-x'])('%s is not bound in any view', (name) => {
  for (const context of ['list', 'anomalies', 'zombies', 'events', 'program'] as const) {
    expect(commandFor(context, { name, text: '' })).toBeNull();
  }
});

test('an unbound key changes nothing', () => {
  for (const context of CONTEXTS) {
    const { state, effects } = respond(STATES[context], { name: 'alt-x', text: '' });
    expect(state).toBe(STATES[context]);
    expect(effects).toEqual([]);
  }
});
