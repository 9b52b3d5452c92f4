import type { ReactNode } from 'react';
import { useSelector } from './use-session.ts';
import { contextOf } from '../keys/keymap.ts';
import { footerSpans, urgentCommand } from '../lines/footer-spans.ts';
import { Line } from './Line.tsx';

/** What can be done here. */
export function Footer(): ReactNode {
  const context = useSelector(contextOf);
  const columns = useSelector((state) => state.size.columns);
  const urgent = useSelector(urgentCommand);
  return <Line spans={footerSpans(context, columns, urgent)} />;
}
