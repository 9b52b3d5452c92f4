import { layoutOf } from '../layout/layout.ts';
import type { State } from '../state/state.ts';
import type { HotLines, HotRegion } from '../terminal/hot-lines.ts';
import { cooldownLines } from './cooldown-lines.ts';
import { detailLines } from './detail-lines.ts';
import { dialogLines } from './dialog-lines.ts';
import { formLines } from './form-lines.ts';
import { headerLines } from './header-lines.ts';
import { logLines, tailLines } from './log-lines.ts';
import { chartLines, titleLines } from './program-lines.ts';
import { recordLines } from './record-lines.ts';
import type { Pens, Scene } from '../style/scene.ts';
import { tableLines } from './table-lines.ts';
import { treeLines } from './tree-lines.ts';

const LINES_OF: Readonly<Record<HotRegion, (state: State, scene: Scene) => readonly string[]>> = {
  header: headerLines,
  table: tableLines,
  tail: tailLines,
  title: titleLines,
  details: detailLines,
  charts: (state, scene) => (state.showsTree ? treeLines(state, scene) : chartLines(state, scene)),
  log: logLines,
  cooldowns: cooldownLines,
  records: recordLines,
  form: formLines,
  dialog: dialogLines,
};

/** The hot lines of a state, for the painter to ask for. */
export function hotLinesOf(state: State, pens: Pens): HotLines {
  const { hot } = layoutOf(state);
  return (region) => LINES_OF[region](state, { ...pens, columns: state.size.columns, height: hot[region] });
}
