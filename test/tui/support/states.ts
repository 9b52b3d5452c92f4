import type { SnapshotRow } from '../../../src/protocol/snapshot.ts';
import { initialState } from '../../../src/tui/state/initial-state.ts';
import { reduce } from '../../../src/tui/store/reduce.ts';
import { settle } from '../../../src/tui/store/settle.ts';
import type { State } from '../../../src/tui/state/state.ts';
import { respond } from '../../../src/tui/commands/respond.ts';
import type { Effect } from '../../../src/tui/commands/response.ts';
import { nameOfCharacter } from '../../../src/tui/terminal/key-names.ts';
import { chooseGlyphs } from '../../../src/tui/style/glyphs.ts';
import type { Pens } from '../../../src/tui/style/scene.ts';
import { createTheme } from '../../../src/tui/style/theme.ts';
import { engineStatus, programRow } from '../../support/program-row.ts';

export const NOW = Date.parse('2026-11-21T10:00:00.000Z');

/** Returns the state of a connected screen that shows these programs. */
export function screenWith(rows: readonly (SnapshotRow | string)[], changes: Partial<State> = {}): State {
  const start = initialState({
    instance: 'default',
    readOnly: false,
    isRemote: false,
    fleet: 'none',
    directory: '/srv',
    background: null,
    hasMouse: true,
    size: { columns: 80, rows: 24 },
    nowMs: NOW,
  });
  const programs = rows.map((row) => (typeof row === 'string' ? programRow({ id: row }) : row));
  return settle({ ...snapshotTaken(start, programs), ...changes });
}

/** Returns the state after a snapshot; it is a full one unless rows are removed. */
export function snapshotTaken(state: State, rows: readonly SnapshotRow[], removed: readonly string[] = []): State {
  const full = removed.length === 0;
  const snapshot = { full, more: false, at: new Date(NOW).toISOString(), status: engineStatus(), rows, removed };
  return settle(reduce(state, { kind: 'snapshotTaken', snapshot, nowMs: NOW }));
}

/** Presses keys: single characters, or names such as "escape". Returns the last state and all effects. */
export function press(state: State, ...keys: readonly string[]): { state: State; effects: readonly Effect[] } {
  let current = state;
  const effects: Effect[] = [];
  for (const key of keys) {
    const press = key.length === 1 ? { name: nameOfCharacter(key), text: key } : { name: key, text: '' };
    const response = respond(current, press);
    current = settle(response.state);
    effects.push(...response.effects);
  }
  return { state: current, effects };
}

/** Returns pens without colors unless given. */
export function pens({ color = 'none', ascii = false }: { color?: 'none' | '16'; ascii?: boolean } = {}): Pens {
  return { theme: createTheme(color), glyphs: chooseGlyphs(ascii, { LANG: 'C.UTF-8' }) };
}
