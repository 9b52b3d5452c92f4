import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { CooldownView } from '../../../src/protocol/results/cooldown-view.ts';
import { cooldownLines } from '../../../src/tui/lines/cooldown-lines.ts';
import { programRow } from '../../support/program-row.ts';
import { NOW, pens, press, screenWith } from '../support/states.ts';

const LEGEND = '  x crash  L limit  H health  A anomaly  o operator  c after a cooldown';
const UNTIL = new Date(NOW + 30_000).toISOString();

function shown(view: Partial<CooldownView>, height: number, columns = 80): string[] {
  const row = programRow({ id: 'api', state: 'cooldown', pid: null, startedAt: null, cooldownUntil: UNTIL });
  const cooldown: CooldownView = {
    id: 'api',
    state: 'cooldown',
    restarts: [],
    limit: 5,
    windowMs: 60_000,
    durationMs: 120_000,
    until: UNTIL,
    ...view,
  };
  const { state } = press(screenWith([row], { cooldowns: [cooldown] }), '4');
  return cooldownLines(state, { ...pens(), columns, height }).map((text) => stripVTControlCharacters(text).trimEnd());
}

test('a program in cooldown shows the restarts that caused it', () => {
  const restarts = Array.from({ length: 5 }, () => ({ at: '2026-01-01T00:00:00Z', cause: 'crash' as const }));
  expect(shown({ restarts }, 5)[1]).toMatch(/cooldown 30s +5 of 5 /);
  expect(shown({ until: null }, 5)[1]).toMatch(/ 0 of 5 *·*$/);
});

test('the legend is shown if there is a timeline and an empty line', () => {
  expect(shown({}, 5).at(-1)).toBe(LEGEND);
  expect(shown({}, 2)).toHaveLength(2);
  expect(shown({}, 2).join()).not.toContain('x crash');
  expect(shown({}, 5, 40).join()).not.toContain('x crash');
});
