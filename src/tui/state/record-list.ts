/** A cursor in a list of records that come and go, and what narrows the list. */
export interface RecordList {
  readonly filter: string;
  /** The cursor follows the record, not the row. */
  readonly selectedKey: string | null;
  /** Where the cursor was, for when its record is gone. */
  readonly selectedIndex: number;
  readonly top: number;
  /** Stays on the newest, which is the last. */
  readonly isFollowing: boolean;
}

export function emptyRecords(isFollowing: boolean): RecordList {
  return { filter: '', selectedKey: null, selectedIndex: 0, top: 0, isFollowing };
}

/** Moves the cursor. Where the newest is last, reaching it follows again. */
export function moveRecords(list: RecordList, keys: readonly string[], by: number, follows: boolean): RecordList {
  const last = keys.length - 1;
  const index = Math.max(0, Math.min(last, list.selectedIndex + by));
  return { ...list, selectedIndex: index, selectedKey: keys[index] ?? null, isFollowing: follows && index >= last };
}

/** Puts the cursor right after records came or went; the same object where it was right. */
export function settleRecords(list: RecordList, keys: readonly string[], height: number): RecordList {
  const last = Math.max(0, keys.length - 1);
  const found = list.isFollowing ? last : keys.indexOf(list.selectedKey ?? '');
  const selectedIndex = found === -1 ? Math.max(0, Math.min(last, list.selectedIndex)) : found;
  const selectedKey = keys[selectedIndex] ?? null;
  const top = windowTop(list.top, selectedIndex, keys.length, height);
  const isSettled = selectedIndex === list.selectedIndex && selectedKey === list.selectedKey && top === list.top;
  return isSettled ? list : { ...list, selectedIndex, selectedKey, top };
}

/** The least scrolling that shows the selection and leaves no empty lines that could show rows. */
export function windowTop(top: number, selected: number, count: number, height: number): number {
  const highest = Math.max(0, Math.min(selected, count - height));
  const lowest = Math.max(0, Math.min(selected - height + 1, highest));
  return Math.max(lowest, Math.min(highest, top));
}
