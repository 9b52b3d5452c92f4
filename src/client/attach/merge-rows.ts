import type { SnapshotMessage, SnapshotRow } from '../../protocol/snapshot.ts';

/** Applies a snapshot message to rows. Known programs keep their positions, and new ones are appended. */
export function mergeRows(rows: readonly SnapshotRow[], message: SnapshotMessage): readonly SnapshotRow[] {
  if (message.full) return message.rows;
  if (message.rows.length === 0 && message.removed.length === 0) return rows;
  const merged = new Map(rows.map((row) => [row.id, row]));
  for (const id of message.removed) merged.delete(id);
  for (const row of message.rows) merged.set(row.id, row);
  return [...merged.values()];
}
