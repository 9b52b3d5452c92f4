import { describe, expect, test } from 'vitest';
import { completionsOf } from '../../src/tui/commands/palette.ts';
import { PALETTE } from '../../src/tui/commands/palette-table.ts';
import { press, screenWith } from './support/states.ts';

const STATE = screenWith(['api', 'web', 'worker']);

function typed(text: string): ReturnType<typeof press> {
  return press(STATE, ':', ...Array.from(text), 'enter');
}

describe('the command line', () => {
  test('operates on the programs that are named', () => {
    expect(typed('restart web').effects).toMatchObject([{ kind: 'operate', operation: 'restart', ids: ['web'] }]);
  });

  test('asks for confirmation as a key does, and uses the selected program if none is named', () => {
    const { effects, state } = typed('stop');
    expect(effects).toEqual([]);
    expect(state.overlay).toMatchObject({ kind: 'confirm', question: { operation: 'stop', targets: [{ id: 'api' }] } });
    expect(typed('kill all').state.overlay).toMatchObject({ question: { targets: [{}, {}, {}] } });
  });

  test('reports unknown words with a suggestion', () => {
    expect(typed('restart wev').state.message?.text).toBe('unknown program "wev"; did you mean "web"?');
    expect(typed('restrat web').state.message?.text).toContain('did you mean "restart"?');
  });

  test('pauses healing for a duration', () => {
    expect(typed('hold web 30m').effects).toMatchObject([
      { operation: 'hold', ids: ['web'], params: { forMs: 1_800_000 } },
    ]);
  });

  test.each([
    ['view zombies', { view: { tab: 'zombies' } }],
    ['sort mem', { list: { sort: { by: 'memory', descending: true } } }],
    ['filter status:run cpu>5', { list: { filter: 'status:run cpu>5' } }],
    ['rate 5', { rateMs: 5000 }],
    ['logs web worker', { view: { kind: 'program', logOf: ['web', 'worker'] } }],
    ['help', { overlay: { kind: 'help' } }],
    ['', { overlay: { kind: 'none' } }],
  ])('%j', (text, expected) => {
    expect(typed(text).state).toMatchObject(expected);
  });

  test('q quits', () => {
    expect(typed('q').effects).toEqual([{ kind: 'quit' }]);
  });

  test('Escape closes it', () => {
    expect(press(STATE, ':', 'k', 'escape')).toMatchObject({ effects: [], state: { overlay: { kind: 'none' } } });
  });
});

describe('completion', () => {
  test('offers commands, those that start with the text first, then words that can follow them', () => {
    expect(
      completionsOf(STATE, 're')
        .map(({ label }) => label)
        .slice(0, 3),
    ).toEqual(['restart', 'reload', 'resume']);
    expect(completionsOf(STATE, 'stop w').map(({ text }) => text)).toEqual(['stop web ', 'stop worker ']);
    expect(completionsOf(STATE, 'stop web w').map(({ label }) => label)).toEqual(['worker']);
    expect(completionsOf(STATE, 'hold al').map(({ text }) => text)).toEqual(['hold all ']);
    expect(completionsOf(STATE, 'view ').map(({ label }) => label)).toContain('anomalies');
  });

  test('Tab inserts the first one, Down and Enter select another', () => {
    const completed = press(STATE, ':', 'r', 'e', 's', 't', 'tab', 'w', 'tab').state;
    expect(completed.overlay).toMatchObject({ field: { text: 'restart web ' } });
    expect(press(STATE, ':', ...Array.from('restart w'), 'down', 'down', 'enter').effects).toMatchObject([
      { ids: ['worker'] },
    ]);
  });
});

test('no two commands have the same name', () => {
  const names = PALETTE.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});

test('a text that is too long is cut, and a message says so', () => {
  const { state } = press(STATE, '/', ...Array.from('x'.repeat(600)));
  expect(state.list.filter).toHaveLength(500);
  expect(state.message?.text).toBe('a field has at most 500 characters; the rest was cut');
  expect(press(state, 'y').state.list.filter).toHaveLength(500);
});
