import { displayWidth, fitWidth, truncateWidth } from '../../base/display-width.ts';

const GAP = '  ';

/** A column of a table: what it shows of a row, and how it shrinks if the table is too wide. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => string;
  readonly align?: 'left' | 'right';
  /** If the table is too wide, columns with the highest number are dropped first; 0 is never dropped. */
  readonly dropOrder: number;
  /** The width to which the column may be cut before any column is dropped. */
  readonly minWidth?: number;
  /** Paints a cell that already has its final width. */
  readonly paint?: (row: Row, cell: string) => string;
}

interface TableOptions {
  readonly columns: number;
  readonly ellipsis: string;
  readonly paintTitle: (title: string) => string;
}

/** Returns a header line and a line for each row, none wider than the given width. */
export function layoutTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { columns: width, ellipsis, paintTitle }: TableOptions,
): string[] {
  const fitted = fitColumns(
    columns.map((column) => measure(column, rows)),
    width,
  );
  const line = (
    cellOf: (column: Column<Row>) => string,
    paint: (column: Column<Row>, cell: string) => string,
  ): string =>
    fitted
      .map(({ column, width: columnWidth }, index) => {
        const isLast = index === fitted.length - 1 && column.align !== 'right';
        const text = cellOf(column);
        // Trailing spaces would wrap when the terminal is made narrower, and are noise in a pipe.
        const cell = isLast
          ? truncateWidth(text, columnWidth, ellipsis)
          : fitWidth(text, columnWidth, column.align, ellipsis);
        return cell === '' ? '' : paint(column, cell);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      (column) => column.title,
      (_column, cell) => paintTitle(cell),
    ),
    ...rows.map((row) =>
      line(
        (column) => column.cell(row),
        (column, cell) => column.paint?.(row, cell) ?? cell,
      ),
    ),
  ];
}

interface FittedColumn<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

function measure<Row>(column: Column<Row>, rows: readonly Row[]): FittedColumn<Row> {
  const cells = rows.map((row) => displayWidth(column.cell(row)));
  return { column, width: Math.max(displayWidth(column.title), ...cells) };
}

/** Shrinks columns, then drops columns until the others fit. As a last resort, cuts the remaining ones. */
function fitColumns<Row>(columns: readonly FittedColumn<Row>[], width: number): readonly FittedColumn<Row>[] {
  const excess = totalWidth(columns) - width;
  if (excess <= 0) return columns;
  const shrunk = shrink(columns, excess, ({ column, width: wanted }) => Math.min(wanted, column.minWidth ?? wanted));
  if (totalWidth(shrunk) <= width) return shrunk;
  const dropped = columns.reduce((next, candidate) =>
    candidate.column.dropOrder > next.column.dropOrder ? candidate : next,
  );
  if (dropped.column.dropOrder > 0)
    return fitColumns(
      columns.filter((column) => column !== dropped),
      width,
    );
  return shrink(columns, excess, () => 1);
}

function totalWidth<Row>(columns: readonly FittedColumn<Row>[]): number {
  return columns.reduce((sum, column) => sum + column.width, 0) + GAP.length * (columns.length - 1);
}

/** Cuts the last columns first, and no column below its minimum width. */
function shrink<Row>(
  columns: readonly FittedColumn<Row>[],
  excess: number,
  leastWidth: (column: FittedColumn<Row>) => number,
): readonly FittedColumn<Row>[] {
  let left = excess;
  const result = [...columns].reverse().map((fitted) => {
    const cut = Math.max(0, Math.min(left, fitted.width - leastWidth(fitted)));
    left -= cut;
    return { ...fitted, width: fitted.width - cut };
  });
  return result.reverse();
}
