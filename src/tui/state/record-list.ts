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

const SEPARATOR = 'separator ';

/** Returns the key of a row that only separates records. The cursor passes over it. */
export function separatorKey(text: string): string {
  return SEPARATOR + text;
}

function isSeparator(key: string | undefined): boolean {
  return key?.startsWith(SEPARATOR) === true;
}

/** Counts the records, without the rows that separate them. */
export function countRecords(keys: readonly string[]): number {
  return keys.filter((key) => !isSeparator(key)).length;
}

/** Returns the index of the record nearest to a row, in the direction in which the cursor moves if possible. */
function recordNear(keys: readonly string[], index: number, direction: 1 | -1): number {
  if (!isSeparator(keys[index])) return index;
  const next = index + direction;
  return keys[next] === undefined || isSeparator(keys[next]) ? index - direction : next;
}

/** Moves the cursor. With `follows`, reaching the newest record makes it follow new records. */
export function moveRecords(
  list: RecordList,
  keys: readonly string[],
  by: number,
  follows: boolean,
  newestAt: NewestAt = 'end',
): RecordList {
  const last = keys.length - 1;
  const index = recordNear(keys, Math.max(0, Math.min(last, list.selectedIndex + by)), by < 0 ? -1 : 1);
  const isNewest = newestAt === 'end' ? index >= last : index === recordNear(keys, 0, 1);
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
  const newest = newestAt === 'end' ? last : recordNear(keys, 0, 1);
  const found = list.isFollowing ? newest : keys.indexOf(list.selectedKey ?? '');
  const selectedIndex = found === -1 ? recordNear(keys, Math.max(0, Math.min(last, list.selectedIndex)), 1) : found;
  const selectedKey = keys[selectedIndex] ?? null;
  const lowest = windowTop(list.top, selectedIndex, keys.length, height);
  // The row above the first record of a group is shown with it.
  const top = lowest === selectedIndex && height > 1 && isSeparator(keys[lowest - 1]) ? lowest - 1 : lowest;
  const isSettled = selectedIndex === list.selectedIndex && selectedKey === list.selectedKey && top === list.top;
  return isSettled ? list : { ...list, selectedIndex, selectedKey, top };
}

/** Returns the first row of the window after scrolling as little as possible to show the selection. */
export function windowTop(top: number, selected: number, count: number, height: number): number {
  const highest = Math.max(0, Math.min(selected, count - height));
  const lowest = Math.max(0, Math.min(selected - height + 1, highest));
  return Math.max(lowest, Math.min(highest, top));
}
