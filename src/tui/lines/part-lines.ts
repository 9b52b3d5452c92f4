import { type Layout, layoutOf } from '../layout/layout.ts';
import { FACTS_ROWS_BESIDE, type InkPart, isInkPart, type PartName, SCREEN } from '../layout/screen.ts';
import type { State } from '../state/state.ts';
import type { Pens, Scene } from '../style/scene.ts';
import { KeptRows } from '../text/kept-rows.ts';
import { fillHeight } from '../text/line.ts';
import { bannerLines } from './banner-lines.ts';
import { cooldownLines } from './cooldown-lines.ts';
import { factLines } from './fact-lines.ts';
import { dialogLines } from './dialog-lines.ts';
import { footerLines } from './footer-lines.ts';
import { formLines } from './form-lines.ts';
import { headerLines } from './header-lines.ts';
import { logLines, tailLines } from './log-lines.ts';
import { messageLines } from './message-lines.ts';
import { chartLines, titleLines } from './program-lines.ts';
import { recordLines } from './record-lines.ts';
import { tabLines } from './tab-lines.ts';
import { tableLines } from './table-lines.ts';
import { treeLines } from './tree-lines.ts';

/** With a time axis. */
const MOST_CHART_ROWS = 21;

type DrawPart = (state: State, scene: Scene) => readonly string[];

function chartsOrTree(state: State, scene: Scene): readonly string[] {
  return state.showsTree ? treeLines(state, scene) : chartLines(state, scene);
}

/** The facts of a program above its charts, for a screen that has the log beside both. */
function factsAndCharts(state: State, scene: Scene): readonly string[] {
  const facts = Math.min(FACTS_ROWS_BESIDE, scene.height);
  const charts = { ...scene, height: Math.min(MOST_CHART_ROWS, scene.height - facts) };
  return [...factLines(state, { ...scene, height: facts }), ...(charts.height > 0 ? chartsOrTree(state, charts) : [])];
}

/** The rows that have a log beside them, as they were last drawn. */
const keptRows = new KeptRows();

/** Draws a part at the left, and the log at the right. `edge` is drawn between them. */
function besideLog(
  state: State,
  scene: Scene,
  parts: { readonly left: DrawPart; readonly log: DrawPart },
  edge: string,
): readonly string[] {
  const { logColumns } = layoutOf(state);
  const left = { ...scene, columns: scene.columns - logColumns - edge.length };
  const drawn = fillHeight(left, parts.left(state, left));
  const log = fillHeight(scene, parts.log(state, { ...scene, columns: logColumns }));
  const painted = edge === '' ? '' : scene.theme.paint('muted', edge);
  return drawn.map((text, row) =>
    keptRows.join(row, text === '' ? ' '.repeat(left.columns) : text, painted, log[row] ?? ''),
  );
}

function tableOrBoth(state: State, scene: Scene): readonly string[] {
  if (layoutOf(state).logColumns === 0) return tableLines(state, scene);
  return besideLog(state, scene, { left: tableLines, log: tailLines }, '');
}

function logOrBoth(state: State, scene: Scene): readonly string[] {
  if (layoutOf(state).logColumns === 0) return logLines(state, scene);
  return besideLog(state, scene, { left: factsAndCharts, log: logLines }, scene.glyphs.side);
}

const LINES_OF: Readonly<Record<Exclude<PartName, InkPart>, DrawPart>> = {
  header: headerLines,
  gap: () => [],
  banner: bannerLines,
  tabs: tabLines,
  form: formLines,
  table: tableOrBoth,
  tail: tailLines,
  cooldowns: cooldownLines,
  records: recordLines,
  title: titleLines,
  facts: factLines,
  charts: chartsOrTree,
  log: logOrBoth,
  dialog: dialogLines,
  message: messageLines,
  footer: footerLines,
};

/** Returns a line for each row of the screen; empty ones where Ink draws. Parts that are not shown are not drawn. */
export function screenLines(state: State, layout: Layout, pens: Pens): readonly string[] {
  return SCREEN.flatMap(({ name }) => {
    const height = layout[name];
    if (height === 0) return [];
    const scene = { ...pens, columns: state.size.columns, height };
    return fillHeight(scene, isInkPart(name) ? [] : LINES_OF[name](state, scene));
  });
}
