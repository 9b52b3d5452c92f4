import { Box } from 'ink';
import type { ReactNode } from 'react';
import { Line } from '../components/Line.tsx';
import { StaticTable } from '../components/StaticTable.tsx';
import { helpPages } from '../help-pages.ts';
import { useSelector } from '../hooks/use-session.ts';
import { layoutOf } from '../layout.ts';
import { span } from '../lines/scene.ts';

const FILTER_HELP =
  ' filter: words that all fit: web|api  !not  ~fzy  /regex/  status:run  cpu>50  restarts>3  kind:leak';

/** The keys of the view below, generated from the table that decides what they do. */
export function HelpScreen(): ReactNode {
  const view = useSelector((state) => state.view);
  const columns = useSelector((state) => state.size.columns);
  const height = useSelector((state) => layoutOf(state).help);
  const wantedPage = useSelector(({ overlay }) => (overlay.kind === 'help' ? overlay.page : 0));
  const pages = helpPages(view, columns, height - 2);
  const page = Math.min(wantedPage, pages.length - 1);
  const more = pages.length > 1 ? `  page ${page + 1} of ${pages.length}, j and k turn it` : '';
  return (
    <Box flexDirection="column" height={height} flexShrink={0} overflow="hidden">
      <Line spans={[span(' Keys of this view', 'strong'), span(more, 'muted')]} />
      <StaticTable rows={pages[page] ?? []} />
      <Line spans={[span(FILTER_HELP, 'muted')]} />
    </Box>
  );
}
