/** How often it is evaluated which programs need attention while nothing else changes. */
const LOOK_MS = 5_000;

/** Returns the time at which programs are judged, in steps, so that little is computed again. */
export function lookAtMs(nowMs: number): number {
  return Math.floor(nowMs / LOOK_MS) * LOOK_MS;
}
