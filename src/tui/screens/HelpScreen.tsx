import type { ReactNode } from 'react';
import { Line } from '../components/Line.tsx';
import { StaticTable } from '../components/StaticTable.tsx';
import { useSelector } from '../components/ui-context.ts';
import { PALETTE } from '../commands/palette-table.ts';
import { helpPages, type HelpRow } from '../keys/help-pages.ts';
import { layoutOf } from '../layout/layout.ts';
import { type Span, span } from '../style/scene.ts';
import { wrapWords } from '../text/wrap-text.ts';

const FILTER_HELP =
  'Filter: all words must match. Examples: web|api  @group  !not  ~fzy  /regex/  status:run  cpu>50  restarts>3  kind:leak';

/** The top, heading and bottom lines of a table; a row has a line above it. */
const TABLE_FRAME = 3;
const LINES_PER_ROW = 2;
const COMMAND_WIDTH = 60;
/** A table of more pages is shown as lines without rules. */
const MOST_TABLES = 2;

/** Shows the keys of the current view, generated from the table that defines them, and then the commands. */
export function HelpScreen(): ReactNode {
  const view = useSelector((state) => state.view);
  const columns = useSelector((state) => state.size.columns);
  const height = useSelector((state) => layoutOf(state).help);
  const wantedPage = useSelector(({ overlay }) => (overlay.kind === 'help' ? overlay.page : 0));
  const search = useSelector(({ overlay }) => (overlay.kind === 'help' ? (overlay.search ?? '') : ''));
  const notes = wrapWords(FILTER_HELP, columns - 2);
  const room = height - 1 - notes.length;
  const keys = helpPages(view, columns, room, search);
  const tables = commandTables(columns, room);
  const hasTables = tables.length > 0 && tables.length <= MOST_TABLES;
  const lists = hasTables || search !== '' ? [] : commandLists(columns, room);
  const commands = search === '' && hasTables ? tables : [];
  const count = keys.length + commands.length + lists.length;
  const page = Math.min(wantedPage, count - 1);
  const more = count > 1 ? `  page ${page + 1} of ${count} (j: next, k: previous)` : '';
  const title = page < keys.length ? ' Keys in this view' : ' Commands after the colon';
  const found = search === '' ? '' : ` with "${search}"`;
  return (
    <>
      <Line spans={[span(title + found, 'strong'), span(more, 'muted')]} />
      {commands.length > 0 && page >= keys.length ? (
        <StaticTable rows={commands[page - keys.length] ?? []} />
      ) : (
        <Rows rows={keys[page] ?? lists[page - keys.length] ?? []} />
      )}
      <Rows rows={notes.map((text) => [span(` ${text}`, 'muted')])} />
    </>
  );
}

interface RowsProps {
  readonly rows: readonly (readonly Span[])[];
}

function Rows({ rows }: RowsProps): ReactNode {
  return rows.map((spans, index) => <Line key={index} spans={spans} />);
}

type TableRow = Readonly<Record<string, string>>;

/** Returns the commands as pages of lines without rules, of which more fit on a small screen. */
function commandLists(columns: number, height: number): readonly (readonly HelpRow[])[] {
  const width = Math.max(...PALETTE.map(({ name }) => name.length));
  const lines = PALETTE.map(({ name, help }) => [
    span(`  ${name.padEnd(width)}  `, 'strong'),
    span(help.slice(0, Math.max(0, columns - width - 4))),
  ]);
  const perPage = Math.max(1, height);
  return Array.from({ length: Math.ceil(lines.length / perPage) }, (_, page) =>
    lines.slice(page * perPage, (page + 1) * perPage),
  );
}

/** Returns the commands as pages of a table; none if the screen is too small for one. */
function commandTables(columns: number, height: number): readonly (readonly TableRow[])[] {
  const perPage = Math.floor((height - TABLE_FRAME) / LINES_PER_ROW);
  const pairs = Math.max(1, Math.floor(columns / COMMAND_WIDTH));
  if (perPage < 3 || columns < COMMAND_WIDTH) return [];
  const rows = Math.ceil(PALETTE.length / pairs);
  const all = Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Array.from({ length: pairs }, (_pair, pair) => cellsOf(pair, pair * rows + row)).flat()),
  );
  return Array.from({ length: Math.ceil(rows / perPage) }, (_, page) =>
    all.slice(page * perPage, (page + 1) * perPage),
  );
}

/** Titles have to differ, because they are the keys of the row. */
function cellsOf(pair: number, index: number): readonly (readonly [string, string])[] {
  const { name = '', help = '' } = PALETTE[index] ?? {};
  const distinct = ' '.repeat(pair);
  return [
    [`Command${distinct}`, name.padEnd(12)],
    [`Action${distinct}`, help.slice(0, COMMAND_WIDTH - 20).padEnd(COMMAND_WIDTH - 20)],
  ];
}
