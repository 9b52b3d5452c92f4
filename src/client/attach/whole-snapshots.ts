import type { SnapshotMessage } from '../../protocol/snapshot.ts';

/**
 * Joins the pages of a large snapshot before delivering it. Part of a table would look as if programs had been removed,
 * and the selection would move.
 */
export function wholeSnapshots(deliver: (snapshot: SnapshotMessage) => void): (page: SnapshotMessage) => void {
  let held: SnapshotMessage | null = null;
  return (page) => {
    // The first page of a full table replaces an incomplete one whose connection was lost.
    const earlier = page.full ? null : held;
    const whole = earlier === null ? page : joined(earlier, page);
    held = page.more ? whole : null;
    if (!page.more) deliver(whole);
  };
}

function joined(earlier: SnapshotMessage, page: SnapshotMessage): SnapshotMessage {
  return {
    ...page,
    full: earlier.full,
    rows: [...earlier.rows, ...page.rows],
    removed: [...earlier.removed, ...page.removed],
  };
}
