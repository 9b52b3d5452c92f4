import type { Span } from '../style/scene.ts';

/** A list of records to draw. Rows are created only for the lines on the screen. */
export interface RecordTable {
  readonly heading: readonly Span[];
  /** A note after the heading, left out if there is no room. */
  readonly note: string;
  readonly count: number;
  readonly row: (index: number) => readonly Span[];
  /** Returns the details of a record, for the lines below the list. */
  readonly detail: (index: number) => { readonly title: string; readonly text: string };
  /** The text for an empty list. */
  readonly empty: string;
}

/** Draws the item at an index; empty if there is none. */
export function rowOf<Item>(
  items: readonly Item[],
  index: number,
  draw: (item: Item) => readonly Span[],
): readonly Span[] {
  const item = items[index];
  return item === undefined ? [] : draw(item);
}
