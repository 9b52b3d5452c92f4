import { FLEET_LABEL, tabLabels } from '../layout/tabs.ts';
import type { State } from '../state/state.ts';
import { narrowingText, tabRoom } from '../store/narrowing.ts';
import { type Scene, span } from '../style/scene.ts';
import { twoParts } from '../text/line.ts';

/** Draws the tabs with the current one highlighted, and the filters at the right. */
export function tabLines(state: State, scene: Scene): readonly string[] {
  const { view } = state;
  const current = view.kind === 'tab' ? view.tab : view.from;
  const tabs = tabLabels(current, tabRoom(state)).flatMap(({ tab, text }) => [
    span(' '),
    span(text, tab === current ? 'selected' : 'plain'),
  ]);
  const fleet = state.fleet === 'none' ? [] : [span(' '), span(FLEET_LABEL)];
  return [twoParts(scene, [...tabs, ...fleet], [span(narrowingText(state), 'info')])];
}
