import type { Limits } from '../protocol/snapshot.ts';

/** What the limits have seen of one program so far. */
export interface LimitWatch {
  /** Consecutive fast samples above the CPU limit, percent of one core; no more than it takes to act. */
  readonly cpuStreak: readonly number[];
  /** Already reported, and not been below the limit since. */
  readonly toldCpu: boolean;
  readonly toldMemory: boolean;
}

/** Of a program that has exceeded nothing. */
export const QUIET: LimitWatch = { cpuStreak: [], toldCpu: false, toldMemory: false };

export interface Usage {
  /** Percent of one core; null when not measured yet. */
  readonly cpuPercent: number | null;
  readonly memoryMb: number;
}

export interface Excess {
  readonly resource: 'cpu' | 'memory';
  readonly measured: number;
  readonly limit: number;
  /** What was measured above the limit in a row until it was too much, oldest first. */
  readonly samples: readonly number[];
}

/** Above this share of a limit a program is sampled fast (SPEC section 6). */
const NEAR = 0.8;
/** A burst of one sample is no violation. */
const CPU_SAMPLES = 3;
const NO_SAMPLES: readonly number[] = [];

/** Whether it is worth looking more often than each second. */
export function isNearLimit(usage: Usage, limits: Limits): boolean {
  const nearCpu = limits.cpuPercent !== null && (usage.cpuPercent ?? 0) > limits.cpuPercent * NEAR;
  const nearMemory = limits.memoryMb !== null && usage.memoryMb > limits.memoryMb * NEAR;
  return nearCpu || nearMemory;
}

/**
 * Judges one sample: memory at once, CPU when several fast samples in a row were above. An excess is reported once
 * until the program has been below its limit again.
 */
export function judgeUsage(
  watch: LimitWatch,
  limits: Limits,
  usage: Usage,
  pace: 'tick' | 'fast',
): { readonly watch: LimitWatch; readonly excess: Excess | null } {
  const overMemory = limits.memoryMb !== null && usage.memoryMb > limits.memoryMb;
  const overCpu = limits.cpuPercent !== null && usage.cpuPercent !== null && usage.cpuPercent > limits.cpuPercent;
  const { cpuPercent } = usage;
  const isCounted = overCpu && pace === 'fast';
  const before = overCpu ? watch.cpuStreak : NO_SAMPLES;
  const cpuStreak = isCounted ? [...before, cpuPercent ?? 0].slice(-CPU_SAMPLES) : before;
  const tooLong = overCpu && cpuStreak.length >= CPU_SAMPLES;
  const next = { cpuStreak, toldCpu: overCpu && (watch.toldCpu || tooLong), toldMemory: overMemory };
  if (overMemory && !watch.toldMemory) {
    return { watch: next, excess: excessOf('memory', limits.memoryMb, [usage.memoryMb]) };
  }
  if (tooLong && !watch.toldCpu) {
    return { watch: next, excess: excessOf('cpu', limits.cpuPercent, cpuStreak) };
  }
  return { watch: next, excess: null };
}

function excessOf(resource: Excess['resource'], limit: number, samples: readonly number[]): Excess {
  return { resource, measured: samples.at(-1) ?? limit, limit, samples };
}
