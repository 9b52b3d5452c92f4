import type { State } from '../state/state.ts';
import { layoutOf } from './layout.ts';
import { hasBorders, type PartName, SCREEN } from './screen.ts';

/** The parts that say what a key did come first, those that are only looked at last. */
const RANKS: Readonly<Record<PartName, number>> = {
  dialog: 0,
  message: 0,
  title: 1,
  help: 1,
  form: 1,
  tabs: 2,
  log: 2,
  table: 2,
  cooldowns: 2,
  records: 2,
  footer: 3,
  banner: 3,
  facts: 4,
  tail: 5,
  header: 6,
  charts: 7,
  gap: 8,
};

/** The rows of the screen in the order in which a slow line should take them, and the part that each belongs to. */
export interface PaintOrder {
  readonly order: readonly number[];
  readonly parts: readonly string[];
}

/** Returns the order in which the rows are sent if a slow line cannot take all of them at once. */
export function paintOrder(state: State): PaintOrder {
  const layout = layoutOf(state);
  const parts = SCREEN.flatMap(({ name }) => Array.from({ length: layout[name] }, () => name));
  const rankOf = (part: PartName): number => (part === 'charts' && state.showsTree ? RANKS.title : RANKS[part]);
  const ranked = parts.map((part, row) => ({ row, rank: rankOf(part), within: placeWithin(part, row, parts, state) }));
  // Rows below the last part are blank.
  const below = Array.from({ length: Math.max(0, state.size.rows - parts.length) }, (_, index) => parts.length + index);
  const order = ranked.toSorted((a, b) => a.rank - b.rank || a.within - b.within).map(({ row }) => row);
  return { order: [...order, ...below], parts };
}

/** After all other rows of a part: borders take more bytes than text, and say less. */
const LAST = 1000;

/** A log begins with its heading and its newest line, a table with its heading and what is selected. */
function placeWithin(part: PartName, row: number, parts: readonly PartName[], { list, size }: State): number {
  const first = parts.indexOf(part);
  const border = (part === 'table' || part === 'tail') && hasBorders(size) ? 1 : 0;
  if (border === 1 && (row === first || row === parts.lastIndexOf(part))) return LAST;
  if (row === first + border) return -1;
  if (part === 'log' || part === 'tail') return parts.length - row;
  if (part === 'table' || part === 'cooldowns')
    return Math.abs(row - first - border - 1 - (list.selectedIndex - list.top));
  return row;
}
