import { expect, test } from 'vitest';
import { layoutOf } from '../../../src/tui/layout/layout.ts';
import { wrappedMessage } from '../../../src/tui/layout/wrapped-message.ts';
import { plainMessage } from '../../../src/tui/store/messages.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const REFUSAL = 'cannot remove "api": it is defined in /srv/healer.yaml:3; delete it there, or disable it';

function showing(text: string, columns: number, changes: Partial<State['message']> = {}): State {
  const message = { ...plainMessage(text, 'bad', NOW), ...changes };
  return screenWith(['api'], { message, size: { columns, rows: 24 } });
}

test('a refusal is shown in full, and the list makes room for it', () => {
  const state = showing(REFUSAL, 60);
  expect(wrappedMessage(state)).toEqual([
    'cannot remove "api": it is defined in /srv/healer.yaml:3;',
    'delete it there, or disable it',
  ]);
  const shorter = layoutOf(showing('no', 60));
  const { table, tail } = layoutOf(state);
  expect(table + tail).toBe(shorter.table + shorter.tail - 1);
});

test('a refusal takes at most three lines, and is replaced by a prompt', () => {
  const state = showing(`${REFUSAL} ${REFUSAL}`, 40);
  expect(wrappedMessage(state)).toHaveLength(3);
  expect(wrappedMessage(press(state, '/').state)).toHaveLength(1);
});

test('news stays on one line, so that the screen does not jump', () => {
  expect(wrappedMessage(showing(REFUSAL, 40, { isNews: true }))).toEqual([REFUSAL]);
  expect(wrappedMessage(screenWith(['api']))).toEqual(['']);
});
