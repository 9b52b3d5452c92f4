import type { Layout } from '../layout/layout.ts';
import { type InkPart, isInkPart, type PartName, SCREEN } from '../layout/screen.ts';
import type { State } from '../state/state.ts';
import type { Pens, Scene } from '../style/scene.ts';
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

type DrawPart = (state: State, scene: Scene) => readonly string[];

const LINES_OF: Readonly<Record<Exclude<PartName, InkPart>, DrawPart>> = {
  header: headerLines,
  gap: () => [],
  banner: bannerLines,
  tabs: tabLines,
  form: formLines,
  table: tableLines,
  tail: tailLines,
  cooldowns: cooldownLines,
  records: recordLines,
  title: titleLines,
  facts: factLines,
  charts: (state, scene) => (state.showsTree ? treeLines(state, scene) : chartLines(state, scene)),
  log: logLines,
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
