import type { ReactNode } from 'react';
import { Line } from '../components/Line.tsx';
import { StaticTable } from '../components/StaticTable.tsx';
import { compactHelpPages, helpPages } from '../keys/help-pages.ts';
import { useSelector } from '../components/ui-context.ts';
import { layoutOf } from '../layout/layout.ts';
import { type Span, span } from '../style/scene.ts';
import { wrapWords } from '../text/wrap-text.ts';

const FILTER_HELP =
  'Filter: all words must match. Examples: web|api  @group  !not  ~fzy  /regex/  status:run  cpu>50  restarts>3  kind:leak';

/** If the table takes more pages than this, a plain list is easier to read. */
const MOST_TABLE_PAGES = 2;

/** Shows the keys of the current view, generated from the table that defines them. */
export function HelpScreen(): ReactNode {
  const view = useSelector((state) => state.view);
  const columns = useSelector((state) => state.size.columns);
  const height = useSelector((state) => layoutOf(state).help);
  const wantedPage = useSelector(({ overlay }) => (overlay.kind === 'help' ? overlay.page : 0));
  const notes = wrapWords(FILTER_HELP, columns - 2);
  const room = height - 1 - notes.length;
  const tables = helpPages(view, columns, room);
  const isTable = tables.length <= MOST_TABLE_PAGES;
  const lists = isTable ? [] : compactHelpPages(view, columns, room);
  const count = isTable ? tables.length : lists.length;
  const page = Math.min(wantedPage, count - 1);
  const more = count > 1 ? `  page ${page + 1} of ${count} (j: next, k: previous)` : '';
  return (
    <>
      <Line spans={[span(' Keys in this view', 'strong'), span(more, 'muted')]} />
      {isTable ? <StaticTable rows={tables[page] ?? []} /> : <PlainLines lines={lists[page] ?? []} />}
      <PlainLines lines={notes.map((text) => ` ${text}`)} tone="muted" />
    </>
  );
}

interface PlainLinesProps {
  readonly lines: readonly string[];
  readonly tone?: Span['tone'];
}

function PlainLines({ lines, tone = 'plain' }: PlainLinesProps): ReactNode {
  return lines.map((text) => <Line key={text} spans={[span(text, tone)]} />);
}
