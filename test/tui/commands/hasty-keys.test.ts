import { describe, expect, test } from 'vitest';
import { programRow } from '../../support/program-row.ts';
import { respond } from '../../../src/tui/commands/respond.ts';
import type { Effect } from '../../../src/tui/commands/response.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import { KeyDecoder } from '../../../src/tui/terminal/key-decoder.ts';
import { KeyGroups } from '../../../src/tui/terminal/key-groups.ts';
import { press, screenWith } from '../support/states.ts';

/** Sends bytes in one read. */
function send(state: State, bytes: string): { state: State; effects: readonly Effect[] } {
  const groups = new KeyGroups();
  const keys = [...groups.add(new KeyDecoder().push(Buffer.from(bytes)), 0), ...groups.expire()];
  let current = state;
  const effects: Effect[] = [];
  for (const key of keys) {
    const response = respond(current, key);
    current = settle(response.state);
    effects.push(...response.effects);
  }
  return { state: current, effects };
}

const STATE = screenWith(['web', 'api', programRow({ id: 'down', state: 'failed' })]);

describe('a burst', () => {
  test.each([
    'print results from the last run of web and stop',
    'rxy\rrxy\r',
    'sSxXyKyRypycyhy012',
    'udyaqe',
    'xxxxyyyyrrrrxxxx',
  ])('%j runs nothing and says so', (text) => {
    const { state, effects } = send(STATE, text);
    expect(effects).toEqual([]);
    expect({ ...state, message: null, list: STATE.list }).toEqual({ ...STATE, message: null });
    expect(state.message?.text).toContain('ignored text that was not typed');
  });

  test('does not answer a question', () => {
    const { effects } = send(press(STATE, 'x').state, 'yes, stop');
    expect(effects).toEqual([]);
  });

  test('in a text field is text, and Enter after a filter applies it', () => {
    const { state, effects } = send(STATE, '/web\r');
    expect(effects).toEqual([]);
    expect(state).toMatchObject({ list: { filter: 'web' }, overlay: { kind: 'none' } });
  });

  test('in the command line waits for an Enter that is pressed', () => {
    const sent = send(STATE, ':restart web\r');
    expect(sent.effects).toEqual([]);
    expect(sent.state.overlay).toMatchObject({ kind: 'palette', field: { text: 'restart web' } });
    expect(sent.state.message?.text).toBe('several keys arrived at once: press Enter again if you mean it');
    expect(press(sent.state, 'enter').effects).toMatchObject([{ operation: 'restart', ids: ['web'] }]);
  });
});

describe('a command line that arrives in a burst', () => {
  test.each([':kill web\r', ':stop\r', ':hold web\r', ':remove down\r', ':clean\r', ':pager\r', ':quit\r'])(
    '%j opens nothing and asks nothing before Enter is pressed',
    (text) => {
      const { state, effects } = send(screenWith([programRow({ id: 'web', source: 'registry' }), 'down']), text);
      expect(effects).toEqual([]);
      expect(['none', 'palette']).toContain(state.overlay.kind);
    },
  );
});

describe('keys that arrive together', () => {
  test('move, and open a question, but do not answer it', () => {
    const { state, effects } = send(STATE, 'jx');
    expect(effects).toEqual([]);
    // The program with a problem comes first, and the selection moves from there.
    expect(state.overlay).toMatchObject({ kind: 'confirm', question: { targets: [{ id: 'web' }] } });
    expect(send(STATE, 'xy').effects).toEqual([]);
    expect(send(STATE, 'xy').state.overlay.kind).toBe('confirm');
  });

  test('act at once only alone', () => {
    expect(send(STATE, 'gr').effects).toEqual([]);
    expect(send(press(STATE, 'g').state, 'r').effects).toMatchObject([{ operation: 'restart', ids: ['down'] }]);
  });

  test('quit', () => {
    expect(send(STATE, 'jq').effects).toEqual([{ kind: 'quit' }]);
  });
});

test('a paste that is not in a text field says where text goes', () => {
  const { state, effects } = send(STATE, '\x1b[200~rxy\r\x1b[201~');
  expect(effects).toEqual([]);
  expect(state.message?.text).toContain('nothing to paste into');
});

test.each([
  ['й', 'no key "й" here; press ? for the keys (switch the keyboard layout?)'],
  ['ctrl-s', 'no key ^s here; press ? for the keys'],
  ['f5', 'no key f5 here; press ? for the keys'],
  ['Q', 'no key "Q" here; press ? for the keys'],
])('a key without a meaning says so: %s', (key, message) => {
  expect(press(STATE, key).state.message?.text).toBe(message);
});

test.each([
  ['e', '"e" is a key for programs: press 1 to list them'],
  ['x', '"x" is a key for programs: press 1 to list them'],
  ['Q', 'no key "Q" here; press ? for the keys'],
  ['enter', 'nothing to open: this list is empty'],
])('a list of records says what a key of programs needs: %s', (key, message) => {
  expect(press(STATE, '2', key).state.message?.text).toBe(message);
});
