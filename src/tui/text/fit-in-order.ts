/**
 * Takes items, the most important first, for as long as they fit. Returns the width of each item that was taken, in the
 * order given. `widthIn` returns the width of an item, given the columns that are left for it and those after it.
 */
export function fitInOrder<Item>(
  items: readonly Item[],
  room: number,
  widthIn: (item: Item, left: number) => number,
): ReadonlyMap<Item, number> {
  const fitted = new Map<Item, number>();
  let left = room;
  for (const item of items) {
    const width = widthIn(item, left);
    if (width > left) break;
    fitted.set(item, width);
    left -= width;
  }
  return fitted;
}
