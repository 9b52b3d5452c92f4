import { expect, test } from 'vitest';
import type { Layout } from '../../../src/tui/layout/layout.ts';
import { SCREEN } from '../../../src/tui/layout/screen.ts';
import { screenLines } from '../../../src/tui/lines/part-lines.ts';
import { pens, screenWith } from '../support/states.ts';

const NOTHING = Object.fromEntries(SCREEN.map(({ name }) => [name, 0])) as Layout;

test('every part has exactly as many lines as the layout gives it', () => {
  for (const { name } of SCREEN) {
    for (const height of [1, 2, 7]) {
      expect(screenLines(screenWith(['web']), { ...NOTHING, [name]: height }, pens()), name).toHaveLength(height);
    }
  }
});

test('only parts that have rows are drawn', () => {
  const state = screenWith(['web']);
  const broken = { ...state, log: undefined as unknown as typeof state.log };
  expect(() => screenLines(broken, { ...NOTHING, log: 2 }, pens())).toThrow(TypeError);
  expect(screenLines(broken, { ...NOTHING, table: 2 }, pens())).toHaveLength(2);
});

test('rows of parts that Ink lays out are left blank', () => {
  expect(screenLines(screenWith(['web']), { ...NOTHING, help: 2, facts: 1 }, pens())).toEqual(['', '', '']);
});
