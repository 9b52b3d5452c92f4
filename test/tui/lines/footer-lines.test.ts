import { expect, test } from 'vitest';
import { contextOf } from '../../../src/tui/keys/keymap.ts';
import { footerHints, hintAt, urgentCommand } from '../../../src/tui/layout/footer-hints.ts';
import { footerSpans } from '../../../src/tui/lines/footer-lines.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { NOW, press, screenWith } from '../support/states.ts';

const STATE = screenWith(['api', 'web']);

function footer(state: State, columns: number): string {
  const spans = footerSpans(contextOf(state), { columns, glyphs: { side: '│' } }, urgentCommand(state));
  return spans.map(({ text }) => text).join('');
}

test('on the Cooldown tab, the key that resets a cooldown comes first', () => {
  expect(footer(press(STATE, '4').state, 40)).toMatch(/^ c reset cooldown │ {2}q quit/);
});

test('the key that starts the engine comes first, but only while no engine runs', () => {
  const down = { kind: 'down', sinceMs: NOW, reason: '', isAbsent: true, isStarting: false } as const;
  expect(footer({ ...STATE, connection: down }, 40)).toMatch(/^ u start the engine │ {2}q quit/);
  expect(footer({ ...STATE, connection: { ...down, isStarting: true } }, 200)).not.toContain('start the engine');
  expect(footer(STATE, 200)).not.toContain('start the engine');
});

test('the choices for pausing healing fit on a narrow screen, including cancel', () => {
  expect(footer(press(STATE, 'h').state, 60)).toBe(' 1 30 min  2 2 hours  3 1 day  0 until resumed  Esc cancel ');
});

test('keys are grouped, and those that act are not beside those that quit', () => {
  expect(footer(STATE, 80)).toBe(' r restart  x stop  s start  X kill │  / filter  Enter open │  q quit  ? help ');
});

test.each([40, 60, 80, 120, 200])('the keys fit into %i columns', (columns) => {
  expect(footer(STATE, columns).length).toBeLessThanOrEqual(columns);
});

test('each key is found at its column, and nothing between the groups', () => {
  const text = footer(STATE, 80);
  for (const { key, label, command } of footerHints('list', 80, null)) {
    expect(hintAt(STATE, text.indexOf(` ${key} ${label}`) + 1)).toBe(command);
  }
  expect(hintAt(STATE, text.indexOf('│'))).toBeNull();
  expect(hintAt(STATE, 79)).toBeNull();
});
