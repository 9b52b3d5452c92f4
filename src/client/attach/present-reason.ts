import { formatDuration } from '../../base/duration.ts';
import type { SnapshotRow } from '../../protocol/snapshot.ts';

/** Returns the time left until the engine starts a program again, in ms; null if no start is due. */
export function nextAttemptMs({ state, cooldownUntil, retryAt }: SnapshotRow, nowMs: number): number | null {
  const dueAt = state === 'cooldown' ? cooldownUntil : retryAt;
  return dueAt === null ? null : Math.max(0, Date.parse(dueAt) - nowMs);
}

/** Returns why a program is in its state now, with the time left until its next start if one is due. */
export function presentReason(row: SnapshotRow, nowMs: number): string {
  const leftMs = nextAttemptMs(row, nowMs);
  // While healing is restricted, the reason says that the start does not happen.
  if (leftMs === null || leftMs === 0 || row.healing !== 'on') return row.why;
  return `${row.why}; next attempt in ${formatDuration(leftMs)}`;
}

/** Returns the word for the state of a program. In `backoff` it waits for a restart, which restricted healing leaves out: it is down. */
export function stateWord({ state, healing }: Pick<SnapshotRow, 'state' | 'healing'>): string {
  return state === 'backoff' && healing !== 'on' ? 'down' : state;
}
