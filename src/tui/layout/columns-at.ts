import { columnsFor, GUTTER } from './fit-columns.ts';
import { layoutOf } from './layout.ts';
import { hasBorders } from './screen.ts';
import { tableNeeds } from './table-needs.ts';
import type { SortKey, State } from '../state/state.ts';

/** Returns the sort key of the table column at a column of the screen; null if there is none. */
export function columnAt(state: State, at: number): SortKey | null {
  const { size, list } = state;
  let end = GUTTER;
  for (const { column, width } of columnsFor(
    size.columns - layoutOf(state).logColumns - (hasBorders(size) ? 2 : 0),
    list.isWide,
    tableNeeds(state),
    list.columns,
  )) {
    end += width + 1;
    if (at < end) return column.sortKey ?? null;
  }
  return null;
}
