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

test('where programs rest, the key that ends it comes first', () => {
  expect(footer(press(STATE, '4').state, 40)).toMatch(/^ c clear cooldown {2}q quit/);
});

test('without an engine, the key that starts it comes first, and only then', () => {
  const down = { kind: 'down', sinceMs: NOW, reason: '', isAbsent: true, isStarting: false } as const;
  expect(footer({ ...STATE, connection: down }, 40)).toMatch(/^ u start the engine {2}q quit/);
  expect(footer({ ...STATE, connection: { ...down, isStarting: true } }, 200)).not.toContain('start the engine');
  expect(footer(STATE, 200)).not.toContain('start the engine');
});

test('how long healing is held fits a narrow screen together with the way out', () => {
  expect(footer(press(STATE, 'h').state, 60)).toBe(' 1 30 min  2 2 hours  3 a day  0 no end  Esc cancel ');
});
