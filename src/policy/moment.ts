/**
 * A point in time on both clocks, in ms. Durations are taken from `mono`, which no clock change moves; `wall` is
 * what people read and what outlives the engine.
 */
export interface Moment {
  readonly mono: number;
  readonly wall: number;
}

/** The moment so many milliseconds after another, on both clocks. */
export function later(moment: Moment, byMs: number): Moment {
  return { mono: moment.mono + byMs, wall: moment.wall + byMs };
}

/**
 * Places a time that was written down by an earlier engine on this engine's monotonic clock. A past that lies in the
 * future (the wall clock was set back) counts as now; `longestMs` bounds how far ahead an end may lie.
 */
export function recallPast(wall: number, now: Moment): Moment {
  const agoMs = Math.max(0, now.wall - wall);
  return { mono: now.mono - agoMs, wall };
}

/** A wall time that was written down, as a moment ahead; bounded, since the wall clock may have been set back since. */
export function recallFuture(wall: number, now: Moment, longestMs: number): Moment {
  return later(now, Math.min(Math.max(0, wall - now.wall), longestMs));
}
