import { contextOf } from '../keys/keymap.ts';
import { isTooSmall, layoutOf } from '../layout/layout.ts';
import { TUI_LIMITS } from '../style/limits.ts';
import { footerSpans, urgentCommand } from './footer-spans.ts';
import { hotLinesOf } from './hot-lines-of.ts';
import { line } from '../text/line.ts';
import type { Pens } from '../style/scene.ts';
import { tabSpans } from './tab-spans.ts';
import { tabRoom } from '../store/narrowing.ts';
import type { State } from '../state/state.ts';
import { fillHotLines, HOT_REGIONS, standIn } from '../terminal/hot-lines.ts';

/** The whole screen: what React laid out, or before React is there its bare outline, with the hot lines in place. */
export function composeFrame(state: State, pens: Pens, laidOut: readonly string[] | null): readonly string[] {
  const lines = isTooSmall(state)
    ? tooSmall(state)
    : fillHotLines(laidOut ?? outlineOf(state, pens), hotLinesOf(state, pens));
  return Array.from({ length: state.size.rows }, (_, index) => lines[index] ?? '');
}

/** Ink takes a fifth of a second to load; what matters need not wait for it. */
function outlineOf(state: State, pens: Pens): string[] {
  const { banner, gap, hot } = layoutOf(state);
  const { header, ...body } = hot;
  const { columns, rows } = state.size;
  const scene = { ...pens, columns, height: 1 };
  const tab = state.view.kind === 'tab' ? state.view.tab : state.view.from;
  const lines = [
    ...standIns('header', header),
    ...Array<string>(gap + banner).fill(''),
    line(scene, tabSpans(tab, tabRoom(state))),
    ...HOT_REGIONS.filter((region) => region !== 'header').flatMap((region) => standIns(region, body[region])),
  ];
  const missing = Array<string>(Math.max(0, rows - 1 - lines.length)).fill('');
  return [...lines, ...missing, line(scene, footerSpans(contextOf(state), columns, urgentCommand(state)))];
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
