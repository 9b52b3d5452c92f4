import type { MemoryMeasure } from '../protocol/memory-measure.ts';
import type { Limits } from '../protocol/snapshot.ts';

/** The state of the limit checks of one program. */
export interface LimitWatch {
  /** Consecutive fast samples above the CPU limit, in percent of one core; at most as many as it takes to act. */
  readonly cpuStreak: readonly number[];
  /** Reported, and not below the limit since. */
  readonly reportedCpu: boolean;
  readonly reportedMemory: boolean;
}

/** For a program that has not exceeded a limit. */
export const QUIET: LimitWatch = { cpuStreak: [], reportedCpu: false, reportedMemory: false };

/** The judgment of a sample below every limit. */
const NOTHING = { watch: QUIET, excess: null };

export interface Usage {
  /** Percent of one core; null if not measured yet. */
  readonly cpuPercent: number | null;
  readonly memoryMb: number;
  /** Absent if the platform has only one measure. */
  readonly memoryMeasure?: MemoryMeasure;
  /** Whether `memoryMb` counts shared pages several times until an exact figure is known: no limit is judged by it. */
  readonly isMemoryPending?: boolean;
}

export interface Excess {
  readonly resource: 'cpu' | 'memory';
  readonly measured: number;
  readonly limit: number;
  /** The consecutive measurements above the limit that led to it, oldest first. */
  readonly samples: readonly number[];
  /** How memory was measured; absent for CPU. */
  readonly measure?: MemoryMeasure;
}

/** Above this fraction of a limit a program is sampled more often. */
export const NEAR = 0.8;
/** Consecutive samples that make a violation: a single burst does not. */
const CPU_SAMPLES = 3;
const NO_SAMPLES: readonly number[] = [];
/** The kernel clears every page that a program gets, which takes at least 1 ms of CPU time for this many MB. */
const MB_PER_CPU_MS = 10;

/**
 * Returns the CPU time in ms that a program needs before its memory can be near its limit; null without a memory limit.
 * Memory that another process has filled costs no such time: the sample of each second notices it.
 */
export function msToNearMemory(memoryMb: number, limits: Limits): number | null {
  return limits.memoryMb === null ? null : Math.max(0, limits.memoryMb * NEAR - memoryMb) / MB_PER_CPU_MS;
}

/** Returns whether a program should be sampled more often than every second. */
export function isNearLimit(usage: Usage, limits: Limits): boolean {
  const nearCpu = limits.cpuPercent !== null && (usage.cpuPercent ?? 0) > limits.cpuPercent * NEAR;
  const nearMemory = limits.memoryMb !== null && usage.memoryMb > limits.memoryMb * NEAR;
  return nearCpu || nearMemory;
}

/**
 * Judges one sample. Memory violates its limit in a single sample, CPU in several consecutive fast samples. A violation
 * is reported once until the program has been below the limit again.
 */
export function judgeUsage(
  watch: LimitWatch,
  limits: Limits,
  usage: Usage,
  pace: 'tick' | 'fast',
): { readonly watch: LimitWatch; readonly excess: Excess | null } {
  const isPending = usage.isMemoryPending === true;
  const overMemory = limits.memoryMb !== null && usage.memoryMb > limits.memoryMb && !isPending;
  const overCpu = limits.cpuPercent !== null && usage.cpuPercent !== null && usage.cpuPercent > limits.cpuPercent;
  if (!overMemory && !overCpu && !isPending) return NOTHING;
  const { cpuPercent } = usage;
  const isCounted = overCpu && pace === 'fast';
  const before = overCpu ? watch.cpuStreak : NO_SAMPLES;
  const cpuStreak = isCounted ? [...before, cpuPercent ?? 0].slice(-CPU_SAMPLES) : before;
  const tooLong = overCpu && cpuStreak.length >= CPU_SAMPLES;
  const next = {
    cpuStreak,
    reportedCpu: overCpu && (watch.reportedCpu || tooLong),
    reportedMemory: overMemory || (isPending && watch.reportedMemory),
  };
  if (overMemory && !watch.reportedMemory) {
    const excess = excessOf('memory', limits.memoryMb, [usage.memoryMb]);
    const { memoryMeasure: measure } = usage;
    return { watch: next, excess: measure === undefined ? excess : { ...excess, measure } };
  }
  if (tooLong && !watch.reportedCpu) {
    return { watch: next, excess: excessOf('cpu', limits.cpuPercent, cpuStreak) };
  }
  return { watch: next, excess: null };
}

function excessOf(resource: Excess['resource'], limit: number, samples: readonly number[]): Excess {
  return { resource, measured: samples.at(-1) ?? limit, limit, samples };
}
