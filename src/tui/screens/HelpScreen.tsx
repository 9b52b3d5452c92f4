import { Box } from 'ink';
import type { ReactNode } from 'react';
import { Line } from '../components/Line.tsx';
import { StaticTable } from '../components/StaticTable.tsx';
import { compactHelpPages, helpPages } from '../help-pages.ts';
import { useSelector } from '../hooks/use-session.ts';
import { layoutOf } from '../layout.ts';
import { span } from '../lines/scene.ts';

const FILTER_HELP =
  ' filter: words that all fit: web|api  !not  ~fzy  /regex/  status:run  cpu>50  restarts>3  kind:leak';

/** With more pages of the table than this, a plain list is easier to look through. */
const MOST_TABLE_PAGES = 2;
const HEADING_AND_NOTE = 2;

/** The keys of the view below, generated from the table that decides what they do. */
export function HelpScreen(): ReactNode {
  const view = useSelector((state) => state.view);
  const columns = useSelector((state) => state.size.columns);
  const height = useSelector((state) => layoutOf(state).help);
  const wantedPage = useSelector(({ overlay }) => (overlay.kind === 'help' ? overlay.page : 0));
  const tables = helpPages(view, columns, height - HEADING_AND_NOTE);
  const isTable = tables.length <= MOST_TABLE_PAGES;
  const lists = isTable ? [] : compactHelpPages(view, columns, height - HEADING_AND_NOTE);
  const count = isTable ? tables.length : lists.length;
  const page = Math.min(wantedPage, count - 1);
  const more = count > 1 ? `  page ${page + 1} of ${count}, j and k turn it` : '';
  return (
    <Box flexDirection="column" height={height} flexShrink={0} overflow="hidden">
      <Line spans={[span(' Keys of this view', 'strong'), span(more, 'muted')]} />
      {isTable ? <StaticTable rows={tables[page] ?? []} /> : <PlainLines lines={lists[page] ?? []} />}
      <Line spans={[span(FILTER_HELP, 'muted')]} />
    </Box>
  );
}

function PlainLines({ lines }: { readonly lines: readonly string[] }): ReactNode {
  return lines.map((text) => <Line key={text} spans={[span(text)]} />);
}
