import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { columnsFor, type FittedColumn, GUTTER } from '../layout/fit-columns.ts';
import { type CellFacts, steadyUntil } from '../layout/columns.ts';
import { tableNeeds, type TableNeeds } from '../layout/table-needs.ts';
import { hasPanes, paneLines } from './pane-lines.ts';
import { isFamily } from '../state/folding.ts';
import { selectIsStale, selectSortedRows, selectVisibleRows } from '../store/selectors.ts';
import type { Connection, ListView, Samples, Sort, State } from '../state/state.ts';
import { fillHeight, line } from '../text/line.ts';
import { KeptRows } from '../text/kept-rows.ts';
import { fitText } from '../text/narrow-text.ts';
import type { Glyphs } from '../style/glyphs.ts';
import { type Pens, type Scene, type Span, span } from '../style/scene.ts';
import type { Theme } from '../style/theme.ts';
import { memoizeLast } from '../state/memoize-last.ts';

const keptRows = new KeptRows();

/** Draws the table of programs, with a border on large screens. */
export function tableLines(state: State, scene: Scene): readonly string[] {
  if (!hasPanes(state)) return plainTable(state, scene);
  const left = [span('Programs', 'strong'), span(` ${String(selectSortedRows(state).length)}`)];
  const right = [span(sortText(state.list.sort, scene), 'muted')];
  return paneLines(scene, { left, right, hasFocus: state.focus === 'table', kept: keptRows }, (inside) =>
    plainTable(state, inside),
  );
}

function sortText(sort: Sort | null, { glyphs }: Scene): string {
  if (sort === null) return 'problems first';
  if (sort.by === 'listed') return 'as listed';
  return `sorted by ${sort.by} ${sort.descending ? glyphs.descending : glyphs.ascending}`;
}

/** Draws the heading and the visible rows. */
function plainTable(state: State, scene: Scene): readonly string[] {
  const needs = tableNeeds(state);
  const fitted = columnsFor(scene.columns, state.list.isWide, needs, state.list.columns);
  const rows = selectVisibleRows(state);
  const heading = line(scene, headingSpans(fitted, needs, state.list.sort, scene));
  if (rows.length === 0) return fillHeight(scene, [heading, '', line(scene, [span(`  ${emptyText(state)}`, 'muted')])]);
  const shown = rows.slice(state.list.top, state.list.top + scene.height - 1);
  const look = lookOf(fitted, needs, selectIsStale(state), scene.columns, scene.theme, scene.glyphs);
  return fillHeight(scene, [heading, ...shown.map((row) => rowLine(row, look, state))]);
}

function headingSpans(
  fitted: readonly FittedColumn[],
  needs: TableNeeds,
  sort: Sort | null,
  { glyphs }: Scene,
): Span[] {
  const spans = fitted.map(({ column, width }, index) => {
    const isSorted = sort !== null && column.sortKey === sort.by;
    const arrow = isSorted ? (sort.descending ? glyphs.descending : glyphs.ascending) : '';
    return span(
      gap(index) + fitText((column.heading?.(needs) ?? column.header) + arrow, width, glyphs.ellipsis, column.align),
      'strong',
    );
  });
  return [span(' '.repeat(GUTTER)), ...spans];
}

/** What all rows are drawn with. */
interface TableLook extends Omit<CellFacts, 'width' | 'trend' | 'memoryTrend' | 'nowMs'> {
  readonly fitted: readonly FittedColumn[];
  readonly columns: number;
  readonly isStale: boolean;
}

/** Returns the same object for as long as nothing changes that all rows are drawn with. */
const lookOf = memoizeLast(
  (
    fitted: readonly FittedColumn[],
    needs: TableNeeds,
    isStale: boolean,
    columns: number,
    theme: Theme,
    glyphs: Glyphs,
  ): TableLook => ({ fitted, needs, isStale, columns, theme, glyphs }),
);

/** The line of a row as it was last drawn, and what it was drawn from. */
interface DrawnLine {
  readonly look: TableLook;
  readonly trend: Samples;
  readonly memoryTrend: Samples;
  readonly isSelected: boolean;
  readonly sign: string;
  /** From when and until when time changes nothing in it. */
  readonly atMs: number;
  readonly untilMs: number;
  readonly text: string;
}

const drawnLines = new WeakMap<SnapshotRow, DrawnLine>();

/** Returns the line of a row. Most do not change between two frames, so those are not drawn again. */
function rowLine(row: SnapshotRow, look: TableLook, state: State): string {
  const { list, nowMs } = state;
  const trend = state.trends.get(row.id) ?? NO_SAMPLES;
  const memoryTrend = state.memoryTrends.get(row.id) ?? NO_SAMPLES;
  const isSelected = row.id === list.selectedId;
  const sign = signOf(row, list, look);
  const drawn = drawnLines.get(row);
  if (
    drawn?.look === look &&
    drawn.trend === trend &&
    drawn.memoryTrend === memoryTrend &&
    drawn.isSelected === isSelected &&
    drawn.sign === sign &&
    nowMs >= drawn.atMs &&
    (nowMs === drawn.atMs || nowMs < drawn.untilMs)
  )
    return drawn.text;
  const text = drawRow(row, { ...look, nowMs, trend, memoryTrend, isSelected, sign });
  const untilMs = steadyUntil(row, nowMs);
  drawnLines.set(row, { look, trend, memoryTrend, isSelected, sign, atMs: nowMs, untilMs, text });
  return text;
}

const NO_SAMPLES: Samples = [];

function signOf(row: SnapshotRow, { marked, opened }: ListView, { glyphs }: Pens): string {
  if (isFamily(row.id)) return opened.has(row.id) ? glyphs.unfolded : glyphs.folded;
  if (marked.has(row.id)) return glyphs.mark;
  return opened.has(row.id) && row.pid !== null ? glyphs.unfolded : ' ';
}

interface RowScene extends TableLook, Omit<CellFacts, 'width'> {
  readonly isSelected: boolean;
  /** In front of the name: whether the row is marked, or whether its instances are shown. */
  readonly sign: string;
}

function drawRow(row: SnapshotRow, scene: RowScene): string {
  const { fitted, isSelected, sign, isStale, columns, theme, glyphs } = scene;
  const cells = fitted.flatMap((column, index) => cellSpans(row, column, index, scene));
  const spans = [span(isSelected ? glyphs.cursor : ' '), span(sign, 'info'), ...cells];
  // Cells are exactly as wide as their columns, so the line need not be measured.
  const tail = ' '.repeat(Math.max(0, columns - widthOf(fitted)));
  if (isSelected) {
    const toned = isStale ? spans.map(({ text }) => span(text)) : spans;
    return [...toned, span(tail)].map(({ text, tone }) => theme.paintSelected(tone, text)).join('');
  }
  return spans.map(({ text, tone }) => theme.paint(isStale ? 'muted' : tone, text)).join('') + tail;
}

function widthOf(fitted: readonly FittedColumn[]): number {
  return fitted.reduce((sum, { width }, index) => sum + width + gap(index).length, GUTTER);
}

function cellSpans(
  row: SnapshotRow,
  { column, width }: FittedColumn,
  index: number,
  facts: Omit<CellFacts, 'width'>,
): readonly Span[] {
  const cell = column.cell(row, { ...facts, width });
  if (!('text' in cell)) return [span(gap(index)), ...cell];
  return [span(gap(index) + fitText(cell.text, width, facts.glyphs.ellipsis, column.align), cell.tone)];
}

function gap(index: number): string {
  return index === 0 ? '' : ' ';
}

function unknownText(connection: Connection): string {
  if (connection.kind !== 'down') return 'connecting to the engine ...';
  if (!connection.isAbsent) return connection.reason;
  return connection.isStarting ? 'starting the engine ...' : 'the engine is not running; press u to start it';
}

function emptyText({ status, connection, list, rows }: State): string {
  if (status === null) return unknownText(connection);
  if (rows.length === 0)
    return 'no programs yet; press a to add one, or list some in process_list.txt and run "healer up"';
  return list.filter === '' ? 'no unhealthy programs' : `no program matches "${list.filter}"; press Esc to show all`;
}
