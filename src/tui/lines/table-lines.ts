import type { SnapshotRow } from '../../protocol/snapshot.ts';
import { columnsFor, type FittedColumn, GUTTER } from '../layout/fit-columns.ts';
import { tableNeeds, type TableNeeds } from '../layout/table-needs.ts';
import { hasPanes, paneLines } from './pane-lines.ts';
import { isFamily } from '../state/folding.ts';
import { selectIsStale, selectSortedRows, selectVisibleRows } from '../store/selectors.ts';
import type { Connection, Sort, State } from '../state/state.ts';
import { fillHeight, line } from '../text/line.ts';
import { fitText } from '../text/narrow-text.ts';
import { type Scene, type Span, span } from '../style/scene.ts';

/** Draws the table of programs, with a border on large screens. */
export function tableLines(state: State, scene: Scene): readonly string[] {
  if (!hasPanes(state)) return plainTable(state, scene);
  const left = [span('Programs', 'strong'), span(` ${String(selectSortedRows(state).length)}`)];
  const right = [span(sortText(state.list.sort, scene), 'muted')];
  return paneLines(scene, { left, right, hasFocus: state.focus === 'table' }, (inside) => plainTable(state, inside));
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
  return fillHeight(scene, [heading, ...shown.map((row) => rowLine(row, fitted, state, scene))]);
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

function rowLine(row: SnapshotRow, fitted: readonly FittedColumn[], state: State, scene: Scene): string {
  const spans = rowSpans(row, fitted, state, scene);
  // Cells are exactly as wide as their columns, so the line need not be measured.
  const tail = ' '.repeat(Math.max(0, scene.columns - widthOf(fitted)));
  const isStale = selectIsStale(state);
  if (row.id === state.list.selectedId) {
    const toned = isStale ? spans.map(({ text }) => span(text)) : spans;
    return [...toned, span(tail)].map(({ text, tone }) => scene.theme.paintSelected(tone, text)).join('');
  }
  return spans.map(({ text, tone }) => scene.theme.paint(isStale ? 'muted' : tone, text)).join('') + tail;
}

function widthOf(fitted: readonly FittedColumn[]): number {
  return fitted.reduce((sum, { width }, index) => sum + width + gap(index).length, GUTTER);
}

function rowSpans(row: SnapshotRow, fitted: readonly FittedColumn[], state: State, { glyphs, theme }: Scene): Span[] {
  const trend = state.trends.get(row.id) ?? [];
  const memoryTrend = state.memoryTrends.get(row.id) ?? [];
  const facts = { glyphs, theme, trend, memoryTrend, nowMs: state.nowMs, needs: tableNeeds(state) };
  const cells = fitted.flatMap(({ column, width }, index): readonly Span[] => {
    const cell = column.cell(row, { ...facts, width });
    if (!('text' in cell)) return [span(gap(index)), ...cell];
    return [span(gap(index) + fitText(cell.text, width, glyphs.ellipsis, column.align), cell.tone)];
  });
  const cursor = row.id === state.list.selectedId ? glyphs.cursor : ' ';
  const mark = state.list.marked.has(row.id) ? glyphs.mark : ' ';
  const sign = isFamily(row.id) ? (state.list.opened.has(row.id) ? glyphs.unfolded : glyphs.folded) : mark;
  return [span(cursor), span(sign, 'info'), ...cells];
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
