/** The figures of a leak that was found. */
interface Leak {
  readonly figures: Readonly<Record<string, number>>;
}

/** What the runs of a program have taught about it. It outlives runs and engines. */
export interface RunMemory {
  /** Memory to which the next run may grow before growth alone ends it, in MB. */
  readonly toleratedMb: number;
  /** The rate of its last leak, in MB per minute; 0 without one. */
  readonly leakMbPerMinute: number;
  /** The highest memory at which a run rested for long, in MB; 0 without one. */
  readonly plateauMb: number;
  /** The longest period of high CPU usage that a run ended by itself, in seconds. */
  readonly longestCpuRunS: number;
}

export const NO_MEMORY: RunMemory = { toleratedMb: 0, leakMbPerMinute: 0, plateauMb: 0, longestCpuRunS: 0 };

/**
 * A program that was stopped for growing may grow by this multiple of its growth before the next run is stopped for the same
 * reason. A program that only needs a lot of memory, such as a large cache, gets it after one restart; one that leaks is
 * stopped again.
 */
const GRACE = 10;
/** A run that rested at a size may exceed it by this factor without being a leak. */
export const ABOVE_PLATEAU = 1.1;

/** Returns the memory to which the next run may grow after a run was stopped for this leak. */
export function toleratedAfter({ figures: { fromMb = 0, toMb = 0 } }: Leak): number {
  return fromMb + GRACE * (toMb - fromMb);
}

/** Returns what is known after a leak was found. @param isActedOn whether the run is ended because of it */
export function afterLeak(memory: RunMemory, leak: Leak, isActedOn: boolean): RunMemory {
  const { mbPerMinute, mbPerSecond } = leak.figures;
  const rate = mbPerMinute ?? (mbPerSecond ?? 0) * 60;
  return {
    ...memory,
    leakMbPerMinute: rate,
    toleratedMb: isActedOn ? Math.max(memory.toleratedMb, toleratedAfter(leak)) : memory.toleratedMb,
  };
}

/** Returns what is known after a run rested at a size: what it reached by growing before was a cache, not a leak. */
export function afterRest(memory: RunMemory, restingMb: number): RunMemory {
  if (restingMb <= memory.plateauMb) return memory;
  return { ...memory, plateauMb: restingMb, leakMbPerMinute: 0 };
}
