import { layoutOf } from '../layout.ts';
import type { State } from '../store/state.ts';
import type { HotLines, HotRegion } from '../terminal/hot-lines.ts';
import { cooldownLines } from './cooldown-lines.ts';
import { eventLines } from './event-lines.ts';
import { headerLines } from './header-lines.ts';
import { logLines, tailLines } from './log-lines.ts';
import { chartLines, titleLines } from './program-lines.ts';
import type { Pens, Scene } from './scene.ts';
import { tableLines } from './table-lines.ts';

const LINES_OF: Readonly<Record<HotRegion, (state: State, scene: Scene) => readonly string[]>> = {
  header: headerLines,
  table: tableLines,
  tail: tailLines,
  title: titleLines,
  charts: chartLines,
  log: logLines,
  cooldowns: cooldownLines,
  events: eventLines,
};

/** The hot lines of a state, for the painter to ask for. */
export function hotLinesOf(state: State, pens: Pens): HotLines {
  const { hot } = layoutOf(state);
  return (region) => LINES_OF[region](state, { ...pens, columns: state.size.columns, height: hot[region] });
}
