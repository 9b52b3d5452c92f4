import type { SnapshotMessage } from '../../protocol/snapshot.ts';

/**
 * Puts the pages of a large table together before anybody looks at it: half a table would pass for one from which programs
 * are gone, and a selection would follow.
 */
export function wholeSnapshots(deliver: (snapshot: SnapshotMessage) => void): (page: SnapshotMessage) => void {
  let held: SnapshotMessage | null = null;
  return (page) => {
    // The first page of a full table makes the rest of an earlier one, whose connection broke, worthless.
    const before = page.full ? null : held;
    const whole = before === null ? page : joined(before, page);
    held = page.more ? whole : null;
    if (!page.more) deliver(whole);
  };
}

function joined(before: SnapshotMessage, page: SnapshotMessage): SnapshotMessage {
  return {
    ...page,
    full: before.full,
    rows: [...before.rows, ...page.rows],
    removed: [...before.removed, ...page.removed],
  };
}
