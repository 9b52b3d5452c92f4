import type { ReactNode } from 'react';
import { useSelector } from '../hooks/use-session.ts';
import { type Span, span } from '../lines/scene.ts';
import { selectVisibleRows } from '../store/selectors.ts';
import type { State } from '../store/state.ts';
import { TABS } from '../tabs.ts';
import { Line } from './Line.tsx';

/** Where one is, and what narrows the view. */
export function Tabs(): ReactNode {
  const view = useSelector((state) => state.view);
  const narrowing = useSelector(narrowingText);
  const current = view.kind === 'tab' ? view.tab : view.from;
  const spans = TABS.flatMap(({ key, tab, title }): Span[] => [
    span(' '),
    span(` ${key} ${title} `, tab === current ? 'selected' : 'plain'),
  ]);
  return <Line spans={spans} right={[span(narrowing, 'info')]} />;
}

function narrowingText(state: State): string {
  const { list, readOnly, view } = state;
  const isList = view.kind === 'tab' && view.tab !== 'events';
  const isNarrowed = isList && (list.filter !== '' || list.unhealthyOnly);
  const parts = [
    isNarrowed ? `${selectVisibleRows(state).length} of ${state.rows.length}` : '',
    isList && list.filter !== '' ? `/${list.filter}` : '',
    isList && list.unhealthyOnly ? 'unhealthy only' : '',
    isList && list.marked.size > 0 ? `${list.marked.size} marked` : '',
    readOnly ? 'read-only' : '',
  ];
  return parts.map((part) => (part === '' ? '' : `${part}  `)).join('');
}
