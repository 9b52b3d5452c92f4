import type { SnapshotRow } from '../../protocol/snapshot.ts';

/** How close a program is to its cooldown, or how long the cooldown still lasts. */
export type CooldownProgress =
  | { readonly is: 'counting'; readonly restarts: number; readonly limit: number }
  | { readonly is: 'in cooldown'; readonly leftMs: number };

/** Returns the cooldown of a program at a time: restarts stop counting when they leave the window. Null if none counts. */
export function cooldownProgress(row: SnapshotRow, nowMs: number): CooldownProgress | null {
  const { state, cooldownUntil, recentRestarts } = row;
  if (state === 'cooldown' && cooldownUntil !== null) {
    return { is: 'in cooldown', leftMs: Math.max(0, Date.parse(cooldownUntil) - nowMs) };
  }
  // Absent without restarts, and in engines of earlier versions.
  if (recentRestarts === undefined) return null;
  const { at, limit, windowMs } = recentRestarts;
  const restarts = at.filter((time) => nowMs - Date.parse(time) < windowMs).length;
  return restarts === 0 ? null : { is: 'counting', restarts, limit };
}
