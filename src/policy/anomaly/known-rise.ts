import type { FloorLevel } from './floor-level.ts';
import { NO_RISE, type Rise, windowOf } from './rise.ts';
import { measureTrend } from './trend.ts';

/** Windows of 6, 8 and 10 minutes of floors of 30 s. */
const WINDOWS = [12, 16, 20];
/** Lax bounds: that the program leaks is known from an earlier run. */
const LEAST_Z = 3;
const LEAST_SPREADS = 1.2;
const LEAST_MB = 4;
/** How far the rate may differ from that of the earlier leak, in either direction. */
const TOLERANCE = 0.5;

/** Judges whether floors of 30 s rise again at the rate of an earlier leak, in MB per floor. */
export function judgeKnown(level: FloorLevel, mbPerFloor: number): Rise {
  for (const floors of WINDOWS) {
    if (level.length < floors) break;
    const rise = judgeWindow(level, floors, mbPerFloor);
    if (rise.strength >= 1) return rise;
  }
  return NO_RISE;
}

function judgeWindow(level: FloorLevel, floors: number, mbPerFloor: number): Rise {
  const from = level.newest(floors - 1);
  const to = level.newest();
  const middle = level.newest(floors >> 1);
  if (to - from < LEAST_MB || to <= middle || to <= level.highestBefore(floors)) return NO_RISE;
  const { z, slope, spread } = measureTrend(windowOf(level, floors), floors);
  const isSameRate = Math.abs(slope / mbPerFloor - 1) <= TOLERANCE;
  const isClear = z >= LEAST_Z && slope * (floors - 1) >= LEAST_SPREADS * spread;
  return isSameRate && isClear ? { strength: 1, slope, z, floors, from, to } : NO_RISE;
}
