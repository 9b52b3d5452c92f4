/** The cursor in a list of records, and the filter of the list. */
export interface RecordList {
  readonly filter: string;
  /** The cursor follows the record, not the row. */
  readonly selectedKey: string | null;
  /** The index of the cursor, in case its record is removed. */
  readonly selectedIndex: number;
  readonly top: number;
  /** Whether the cursor stays on the newest record. */
  readonly isFollowing: boolean;
}

/** Creates a list with the cursor at its start. */
export function emptyRecords(isFollowing: boolean): RecordList {
  return { filter: '', selectedKey: null, selectedIndex: 0, top: 0, isFollowing };
}

/** Where the newest record of a list is. */
export type NewestAt = 'start' | 'end';

/** Moves the cursor. With `follows`, reaching the newest record makes it follow new records. */
export function moveRecords(
  list: RecordList,
  keys: readonly string[],
  by: number,
  follows: boolean,
  newestAt: NewestAt = 'end',
): RecordList {
  const last = keys.length - 1;
  const index = Math.max(0, Math.min(last, list.selectedIndex + by));
  const isNewest = newestAt === 'end' ? index >= last : index === 0;
  return { ...list, selectedIndex: index, selectedKey: keys[index] ?? null, isFollowing: follows && isNewest };
}

/** Updates the cursor after records were added or removed; returns the same object if nothing changed. */
export function settleRecords(
  list: RecordList,
  keys: readonly string[],
  height: number,
  newestAt: NewestAt = 'end',
): RecordList {
  const last = Math.max(0, keys.length - 1);
  const newest = newestAt === 'end' ? last : 0;
  const found = list.isFollowing ? newest : keys.indexOf(list.selectedKey ?? '');
  const selectedIndex = found === -1 ? Math.max(0, Math.min(last, list.selectedIndex)) : found;
  const selectedKey = keys[selectedIndex] ?? null;
  const top = windowTop(list.top, selectedIndex, keys.length, height);
  const isSettled = selectedIndex === list.selectedIndex && selectedKey === list.selectedKey && top === list.top;
  return isSettled ? list : { ...list, selectedIndex, selectedKey, top };
}

/** Returns the first row of the window after scrolling as little as possible to show the selection. */
export function windowTop(top: number, selected: number, count: number, height: number): number {
  const highest = Math.max(0, Math.min(selected, count - height));
  const lowest = Math.max(0, Math.min(selected - height + 1, highest));
  return Math.max(lowest, Math.min(highest, top));
}
