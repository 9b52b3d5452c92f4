import type { ReactNode } from 'react';
import { Line } from '../components/Line.tsx';
import { StaticTable } from '../components/StaticTable.tsx';
import { useSelector } from '../components/ui-context.ts';
import { PALETTE } from '../commands/palette-table.ts';
import { foundPages, helpPages, type HelpRow } from '../keys/help-pages.ts';
import { layoutOf } from '../layout/layout.ts';
import type { View } from '../state/state.ts';
import { type Span, span } from '../style/scene.ts';
import { wrapWords } from '../text/wrap-text.ts';

const FILTER_HELP =
  'Filter: all words must match. Examples: web|api  @group  !not  ~fzy  /regex/  status:run  cpu>50  restarts>3  kind:leak';

/** The top, heading and bottom lines of a table; a row has a line above it. */
const TABLE_FRAME = 3;
const LINES_PER_ROW = 2;
const COMMAND_WIDTH = 60;

/** A page of help: rows, or a table. */
type Page = { readonly title: string } & (
  { readonly rows: readonly HelpRow[] } | { readonly table: readonly TableRow[] }
);

const KEYS_TITLE = ' Keys in this view';
const COMMANDS_TITLE = ' Commands after the colon';

/** Shows the keys of the current view, generated from the table that defines them, and the commands. */
export function HelpScreen(): ReactNode {
  const view = useSelector((state) => state.view);
  const columns = useSelector((state) => state.size.columns);
  const height = useSelector((state) => layoutOf(state).help);
  const wantedPage = useSelector(({ overlay }) => (overlay.kind === 'help' ? overlay.page : 0));
  const search = useSelector(({ overlay }) => (overlay.kind === 'help' ? (overlay.search ?? '') : ''));
  const room = Math.max(2, height - 1);
  const pages = search === '' ? allPages(view, columns, room) : searchPages(view, columns, room, search);
  const page = Math.min(wantedPage, pages.length - 1);
  const shown = pages[page];
  const more = pages.length > 1 ? `  page ${page + 1} of ${pages.length} (j: next, k: previous, /: search)` : '';
  return (
    <>
      <Line spans={[span(shown?.title ?? '', 'strong'), span(more, 'muted')]} />
      {shown !== undefined && 'table' in shown ? <StaticTable rows={shown.table} /> : <Rows rows={shown?.rows ?? []} />}
    </>
  );
}

function searchPages(view: View, columns: number, room: number, search: string): readonly Page[] {
  const found = foundPages(view, columns, room, search, PALETTE);
  return found.map((rows) => ({ title: ` Keys and commands with "${search}"`, rows }));
}

/** Returns the keys, with the notes below them if there is room, and the commands. */
function allPages(view: View, columns: number, room: number): readonly Page[] {
  const keys = helpPages(view, columns, room);
  const table = commandTable(columns, room);
  const list = table === null ? commandList(columns, room) : null;
  const notes: HelpRow[] = [
    ...(table === null && list === null ? commandNames(columns) : []),
    ...wrapWords(FILTER_HELP, columns - 2).map((text) => [span(` ${text}`, 'muted')]),
  ];
  const last = keys.at(-1) ?? [];
  const free = room - last.length - notes.length;
  const isBelow = free >= 0;
  return [
    ...keys.slice(0, -1).map((rows) => ({ title: KEYS_TITLE, rows })),
    { title: KEYS_TITLE, rows: isBelow ? [...last, ...(free > 0 ? [[]] : []), ...notes] : last },
    ...(isBelow ? [] : [{ title: ' Commands and filters', rows: notes }]),
    ...(table === null ? [] : [{ title: COMMANDS_TITLE, table }]),
    ...(list === null ? [] : [{ title: COMMANDS_TITLE, rows: list }]),
  ];
}

interface RowsProps {
  readonly rows: readonly (readonly Span[])[];
}

function Rows({ rows }: RowsProps): ReactNode {
  return rows.map((spans, index) => <Line key={index} spans={spans} />);
}

type TableRow = Readonly<Record<string, string>>;

/** Returns the names of the commands, for a screen without room for what they do: the command line shows that too. */
function commandNames(columns: number): readonly HelpRow[] {
  const names = PALETTE.map(({ name }) => name).join(' ');
  return wrapWords(`Commands after the colon, which also shows what they do: ${names}`, columns - 2).map((text) => [
    span(` ${text}`, 'muted'),
  ]);
}

/** Returns the commands in columns, without rules; null if they do not fit on one page. */
function commandList(columns: number, height: number): readonly HelpRow[] | null {
  const count = Math.floor(columns / COMMAND_WIDTH);
  const rows = Math.ceil(PALETTE.length / count);
  if (count < 2 || rows > height) return null;
  const name = Math.max(...PALETTE.map((command) => command.name.length));
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: count }, (_column, column) => PALETTE[column * rows + row]).flatMap((command) => [
      span(`  ${(command?.name ?? '').padEnd(name)}  `, 'strong'),
      span((command?.help ?? '').slice(0, COMMAND_WIDTH - name - 5).padEnd(COMMAND_WIDTH - name - 4)),
    ]),
  );
}

/** Returns the commands as a table; null if it does not fit on one page. */
function commandTable(columns: number, height: number): readonly TableRow[] | null {
  const perPage = Math.floor((height - TABLE_FRAME) / LINES_PER_ROW);
  const pairs = Math.max(1, Math.floor(columns / COMMAND_WIDTH));
  const rows = Math.ceil(PALETTE.length / pairs);
  if (columns < COMMAND_WIDTH || rows > perPage) return null;
  return Array.from({ length: rows }, (_, row) =>
    Object.fromEntries(Array.from({ length: pairs }, (_pair, pair) => cellsOf(pair, pair * rows + row)).flat()),
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
