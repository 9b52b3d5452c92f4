import type { ReactNode } from 'react';
import { useSelector } from './use-session.ts';
import { span } from '../style/scene.ts';
import { tabSpans } from '../lines/tab-spans.ts';
import { narrowingText, tabRoom } from '../store/narrowing.ts';
import { Line } from './Line.tsx';

/** Where one is, and what narrows the view. */
export function Tabs(): ReactNode {
  const view = useSelector((state) => state.view);
  const narrowing = useSelector(narrowingText);
  const room = useSelector(tabRoom);
  const current = view.kind === 'tab' ? view.tab : view.from;
  return <Line spans={tabSpans(current, room)} right={[span(narrowing, 'info')]} />;
}
