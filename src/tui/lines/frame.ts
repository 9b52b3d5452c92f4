import { isTooSmall, layoutOf } from '../layout/layout.ts';
import { needsInk } from '../layout/screen.ts';
import type { State } from '../state/state.ts';
import { TUI_LIMITS } from '../style/tui-limits.ts';
import type { Pens } from '../style/scene.ts';
import { fillPaintedRows } from '../terminal/painted-rows.ts';
import { screenLines } from './part-lines.ts';

/**
 * Returns the whole screen, one string for each row: the rows that Ink laid out, with all others filled in. `laidOut` is
 * null until Ink is loaded, which takes a fifth of a second; until then its parts are blank.
 */
export function composeFrame(state: State, pens: Pens, laidOut: readonly string[] | null): readonly string[] {
  const lines = isTooSmall(state) ? tooSmall(state) : filledFrame(state, pens, laidOut);
  return Array.from({ length: state.size.rows }, (_, index) => lines[index] ?? '');
}

function filledFrame(state: State, pens: Pens, laidOut: readonly string[] | null): readonly string[] {
  const layout = layoutOf(state);
  const lines = screenLines(state, layout, pens);
  return laidOut === null || !needsInk(layout) ? lines : fillPaintedRows(laidOut, lines);
}

function tooSmall({ size }: State): string[] {
  const { smallestColumns, smallestRows } = TUI_LIMITS;
  const lines = [
    'terminal too small',
    `${size.columns}x${size.rows}, needs ${smallestColumns}x${smallestRows}`,
    'q quits',
  ];
  return lines.map((line) => line.slice(0, size.columns));
}
