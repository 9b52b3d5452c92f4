import { type KeyContext, KEYMAP } from './key-bindings.ts';
import { contextOfView, keyLabels } from './keymap.ts';
import type { View } from '../state/state.ts';

type TableRow = Readonly<Record<string, string>>;

/** The borders and spaces around a key and its description; neighbors share a border. */
const PAIR_FRAME = 6;
/** The spaces before a key and before its description. */
const COMPACT_FRAME = 4;
/** The top, heading and bottom lines of the table. */
const TABLE_FRAME = 3;
/** A row and the line above it. */
const LINES_PER_ROW = 2;

/** Returns the keys of a view as pages of table rows, with as many pairs per row and rows per page as fit. */
export function helpPages(view: View, columns: number, height: number): readonly (readonly TableRow[])[] {
  const entries = entriesOf(contextOfView(view));
  const keyWidth = Math.max(...entries.map(({ keys }) => keys.length));
  const helpWidth = Math.max(...entries.map(({ help }) => help.length));
  const pairs = Math.max(1, Math.min(entries.length, Math.floor((columns - 1) / (keyWidth + helpWidth + PAIR_FRAME))));
  const perPage = Math.max(1, Math.floor((height - TABLE_FRAME) / LINES_PER_ROW));
  const rows = Math.min(perPage, Math.ceil(entries.length / pairs));
  const pageSize = rows * pairs;
  return Array.from({ length: Math.ceil(entries.length / pageSize) }, (_, page) =>
    pageRows(entries.slice(page * pageSize, (page + 1) * pageSize), { rows, pairs, keyWidth, helpWidth }),
  );
}

/** Returns the same without borders, for screens on which the table would take many pages. */
export function compactHelpPages(view: View, columns: number, height: number): readonly (readonly string[])[] {
  const entries = entriesOf(contextOfView(view));
  const keyWidth = Math.max(...entries.map(({ keys }) => keys.length));
  const helpWidth = Math.max(...entries.map(({ help }) => help.length));
  const pairs = Math.max(1, Math.floor(columns / (keyWidth + helpWidth + COMPACT_FRAME)));
  const rows = Math.max(1, height);
  const pageSize = rows * pairs;
  return Array.from({ length: Math.ceil(entries.length / pageSize) }, (_, page) => {
    const shown = entries.slice(page * pageSize, (page + 1) * pageSize);
    return Array.from({ length: Math.min(rows, shown.length) }, (_unused, row) =>
      Array.from({ length: pairs }, (_pair, pair) => {
        const { keys = '', help = '' } = shown[pair * rows + row] ?? {};
        return `  ${keys.padEnd(keyWidth)}  ${help.padEnd(helpWidth)}`;
      }).join(''),
    );
  });
}

interface Entry {
  readonly keys: string;
  readonly help: string;
}

function entriesOf(context: KeyContext): readonly Entry[] {
  return KEYMAP.filter(({ in: contexts }) => contexts.includes(context)).map(({ keys, help }) => ({
    keys: keyLabels(keys).join(' '),
    help,
  }));
}

/** How the keys of a page are arranged; widths in columns. */
interface Grid {
  readonly rows: number;
  readonly pairs: number;
  readonly keyWidth: number;
  readonly helpWidth: number;
}

/** Fills the first pair of columns from top to bottom, then the next. All pages have the same width. */
function pageRows(entries: readonly Entry[], { rows, pairs, keyWidth, helpWidth }: Grid): TableRow[] {
  return Array.from({ length: Math.min(rows, entries.length) }, (_, row) => {
    const cells = Array.from({ length: pairs }, (_, pair) => {
      const entry = entries[pair * rows + row];
      // Titles have to differ, because they are the keys of the row.
      const distinct = ' '.repeat(pair);
      return [
        [`Key${distinct}`, (entry?.keys ?? '').padEnd(keyWidth)],
        [`Action${distinct}`, (entry?.help ?? '').padEnd(helpWidth)],
      ] as const;
    });
    return Object.fromEntries(cells.flat());
  });
}
