import type { Span } from '../style/scene.ts';

/** A list of records as it is drawn. Only the lines on the screen are asked for. */
export interface RecordTable {
  readonly heading: readonly Span[];
  readonly count: number;
  readonly row: (index: number) => readonly Span[];
  /** All that is known of one, for the lines below the list. */
  readonly detail: (index: number) => { readonly title: string; readonly text: string };
  /** In place of rows where there are none. */
  readonly empty: string;
}

/** Rows are only asked for where there are some. */
export function rowOf<Item>(
  items: readonly Item[],
  index: number,
  draw: (item: Item) => readonly Span[],
): readonly Span[] {
  const item = items[index];
  return item === undefined ? [] : draw(item);
}
