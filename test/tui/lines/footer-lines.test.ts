import { expect, test } from 'vitest';
import { contextOf } from '../../../src/tui/keys/keymap.ts';
import { footerSpans, urgentCommand } from '../../../src/tui/lines/footer-lines.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const STATE = screenWith(['api', 'web']);

function footer(state: State, columns: number): string {
  const spans = footerSpans(contextOf(state), columns, urgentCommand(state));
  return spans.map(({ text }) => text).join('');
}

test('on the Cooldown tab, the key that resets a cooldown comes first', () => {
  expect(footer(press(STATE, '4').state, 40)).toMatch(/^ c reset cooldown {2}q quit/);
});

test('the key that starts the engine comes first, but only while no engine runs', () => {
  const down = { kind: 'down', sinceMs: NOW, reason: '', isAbsent: true, isStarting: false } as const;
  expect(footer({ ...STATE, connection: down }, 40)).toMatch(/^ u start the engine {2}q quit/);
  expect(footer({ ...STATE, connection: { ...down, isStarting: true } }, 200)).not.toContain('start the engine');
  expect(footer(STATE, 200)).not.toContain('start the engine');
});

test('the choices for pausing healing fit on a narrow screen, including cancel', () => {
  expect(footer(press(STATE, 'h').state, 60)).toBe(' 1 30 min  2 2 hours  3 1 day  0 until resumed  Esc cancel ');
});
