import type { ReactNode } from 'react';
import { useSelector } from '../hooks/use-session.ts';
import { span } from '../lines/scene.ts';
import { tabSpans } from '../lines/tab-spans.ts';
import { recordTabOf, selectRecordKeys, selectVisibleRows } from '../store/selectors.ts';
import type { State } from '../store/state.ts';
import { Line } from './Line.tsx';

/** Where one is, and what narrows the view. */
export function Tabs(): ReactNode {
  const view = useSelector((state) => state.view);
  const narrowing = useSelector(narrowingText);
  const columns = useSelector((state) => state.size.columns);
  const current = view.kind === 'tab' ? view.tab : view.from;
  return <Line spans={tabSpans(current, columns)} right={[span(narrowing, 'info')]} />;
}

function narrowingText(state: State): string {
  const parts = [...(state.view.kind === 'tab' ? listParts(state) : []), state.readOnly ? 'read-only' : ''];
  return parts.map((part) => (part === '' ? '' : `${part}  `)).join('');
}

function listParts(state: State): readonly string[] {
  const tab = recordTabOf(state.view);
  if (tab !== null) {
    const { filter } = state.records[tab];
    return filter === '' ? [] : [`${selectRecordKeys(state, tab).length} shown`, `/${filter}`];
  }
  const { filter, unhealthyOnly, marked } = state.list;
  return [
    filter !== '' || unhealthyOnly ? `${selectVisibleRows(state).length} of ${state.rows.length}` : '',
    filter === '' ? '' : `/${filter}`,
    unhealthyOnly ? 'unhealthy only' : '',
    marked.size > 0 ? `${marked.size} marked` : '',
  ];
}
