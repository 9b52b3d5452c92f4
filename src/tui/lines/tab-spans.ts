import type { TabName } from '../state/state.ts';
import { tabLabels } from '../layout/tabs.ts';
import { type Span, span } from '../style/scene.ts';

/** The line of tabs, the current one marked. */
export function tabSpans(current: TabName, columns: number): readonly Span[] {
  return tabLabels(current, columns).flatMap(({ tab, text }) => [
    span(' '),
    span(text, tab === current ? 'selected' : 'plain'),
  ]);
}
