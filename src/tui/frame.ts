import { type Layout, isTooSmall, layoutOf } from './layout.ts';
import { TUI_LIMITS } from './limits.ts';
import { hotLinesOf } from './lines/hot-lines-of.ts';
import type { Pens } from './lines/scene.ts';
import type { State } from './store/state.ts';
import { fillHotLines, HOT_REGIONS, standIn } from './terminal/hot-lines.ts';

/** The whole screen: what React laid out, or before React is there its bare outline, with the hot lines in place. */
export function composeFrame(state: State, pens: Pens, laidOut: readonly string[] | null): readonly string[] {
  const lines = isTooSmall(state)
    ? tooSmall(state)
    : fillHotLines(laidOut ?? outlineOf(layoutOf(state)), hotLinesOf(state, pens));
  return Array.from({ length: state.size.rows }, (_, index) => lines[index] ?? '');
}

/** Ink takes a fifth of a second to load; the data need not wait for it. */
function outlineOf({ banner, gap, hot }: Layout): string[] {
  const { header, ...body } = hot;
  const tabs = 1;
  return [
    ...standIns('header', header),
    ...Array<string>(gap + banner + tabs).fill(''),
    ...HOT_REGIONS.filter((region) => region !== 'header').flatMap((region) => standIns(region, body[region])),
  ];
}

function standIns(region: (typeof HOT_REGIONS)[number], height: number): string[] {
  return Array.from({ length: height }, (_, index) => standIn(region, index));
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
