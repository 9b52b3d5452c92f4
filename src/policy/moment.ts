/**
 * A point in time on both clocks, in ms. Durations are computed from `mono`, which clock changes do not affect; `wall` is
 * for people and for state that outlives the engine.
 */
export interface Moment {
  readonly mono: number;
  readonly wall: number;
}

/** Returns the moment `byMs` after another, on both clocks. */
export function later(moment: Moment, byMs: number): Moment {
  return { mono: moment.mono + byMs, wall: moment.wall + byMs };
}

/** Small differences between the clocks are no change of the wall clock. A time that is shown must not flicker. */
const STEADY_MS = 1_000;

/** Returns the wall time of a moment as the wall clock shows it now: the clock may have been set since the moment was noted. */
export function wallTimeOf(moment: Moment, now: Moment): number {
  return steadyWall(now.wall + (moment.mono - now.mono), moment.wall);
}

/** Returns a wall time that was computed now, or the one noted before if the wall clock was not set in between. */
export function steadyWall(computed: number, noted: number): number {
  return Math.abs(computed - noted) < STEADY_MS ? noted : Math.round(computed);
}

/**
 * Converts a past wall time that an earlier engine recorded into a moment of this engine. A time in the future (the wall
 * clock was set back) counts as now.
 */
export function recallPast(wall: number, now: Moment): Moment {
  const agoMs = Math.max(0, now.wall - wall);
  return { mono: now.mono - agoMs, wall };
}

/**
 * Converts a future wall time that an earlier engine recorded into a moment of this engine, at most `longestMs` ahead: the
 * wall clock may have been set back.
 */
export function recallFuture(wall: number, now: Moment, longestMs: number): Moment {
  return later(now, Math.min(Math.max(0, wall - now.wall), longestMs));
}
