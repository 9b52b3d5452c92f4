import type { FloorLevel } from './floor-level.ts';
import { MOST_POINTS } from './trend.ts';

/** How floors rose over a window, in MB. */
export interface Rise {
  /** The weakest criterion relative to its bound: a rise from 1. */
  readonly strength: number;
  /** MB per floor. */
  readonly slope: number;
  readonly z: number;
  /** Number of floors of the window. */
  readonly floors: number;
  readonly from: number;
  readonly to: number;
}

/** No rise. */
export const NO_RISE: Rise = { strength: 0, slope: 0, z: 0, floors: 0, from: 0, to: 0 };

const values = new Float64Array(MOST_POINTS);

/** Returns the newest floors, oldest first. The next call overwrites them. */
export function windowOf(level: FloorLevel, floors: number): Float64Array {
  level.copyNewest(floors, values);
  return values;
}
