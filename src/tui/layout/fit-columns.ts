import { memoizeLast } from '../state/memoize-last.ts';
import { fitInOrder } from '../text/fit-in-order.ts';
import { type Column, COLUMNS } from './columns.ts';
import type { TableNeeds } from './table-needs.ts';

/** A column with its width on the current screen. */
export interface FittedColumn {
  readonly column: Column;
  readonly width: number;
}

/** Returns the columns that fit, by priority. Remaining room goes to the columns that may grow. */
export function fitColumns(
  columns: number,
  isWide: boolean,
  needs: TableNeeds,
  names: readonly string[] | null = null,
): readonly FittedColumn[] {
  const leastOf = ({ width }: Column): number => (typeof width === 'number' ? width : width(needs, columns));
  const wanted = COLUMNS.filter(
    ({ sortKey, header, priority }) =>
      (needs.why !== 0 || sortKey !== 'why') &&
      (names === null || priority === 0 || names.includes(header.toLowerCase())),
  );
  const byPriority = wanted.toSorted((a, b) => priorityOf(a, isWide) - priorityOf(b, isWide));
  const widths = new Map(fitInOrder(byPriority, columns + 1, (column) => leastOf(column) + 1));
  let spare = columns + 1 - Array.from(widths.values()).reduce((sum, width) => sum + width, 0);
  const growing = COLUMNS.filter(({ growsTo }) => growsTo !== undefined).toSorted(
    (a, b) => (a.growsAt ?? 0) - (b.growsAt ?? 0),
  );
  for (const column of growing) {
    const width = widths.get(column);
    if (width === undefined) continue;
    const growth = Math.max(0, Math.min(spare, (column.growsTo?.(needs) ?? 0) - (width - 1)));
    widths.set(column, width + growth);
    spare -= growth;
  }
  return COLUMNS.flatMap((column) => {
    const width = widths.get(column);
    return width === undefined ? [] : [{ column, width: width - 1 }];
  });
}

function priorityOf({ priority, widePriority }: Column, isWide: boolean): number {
  return isWide ? (widePriority ?? priority) : priority;
}

/** The width of the cursor and the mark, which are left of the first column. */
export const GUTTER = 2;

/** Returns the columns of a table of this width. */
export const columnsFor = memoizeLast(
  (columns: number, isWide: boolean, needs: TableNeeds, names: readonly string[] | null) =>
    fitColumns(columns - GUTTER, isWide, needs, names),
);
