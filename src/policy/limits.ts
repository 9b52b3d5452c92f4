import type { Limits } from '../protocol/snapshot.ts';

/** What the limits have seen of one program so far. */
export interface LimitWatch {
  /** Consecutive fast samples above the CPU limit. */
  readonly cpuStreak: number;
  /** Already reported, and not been below the limit since. */
  readonly toldCpu: boolean;
  readonly toldMemory: boolean;
}

export const QUIET: LimitWatch = { cpuStreak: 0, toldCpu: false, toldMemory: false };

export interface Usage {
  /** Percent of one core; null when not measured yet. */
  readonly cpuPercent: number | null;
  readonly memoryMb: number;
}

export interface Excess {
  readonly resource: 'cpu' | 'memory';
  readonly measured: number;
  readonly limit: number;
}

/** Above this share of a limit a program is sampled fast (SPEC section 6). */
const NEAR = 0.8;
/** A burst of one sample is no violation. */
const CPU_SAMPLES = 3;

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
  const cpuStreak = overCpu ? watch.cpuStreak + (pace === 'fast' ? 1 : 0) : 0;
  const tooLong = overCpu && cpuStreak >= CPU_SAMPLES;
  const next = { cpuStreak, toldCpu: overCpu && (watch.toldCpu || tooLong), toldMemory: overMemory };
  if (overMemory && !watch.toldMemory) {
    return { watch: next, excess: { resource: 'memory', measured: usage.memoryMb, limit: limits.memoryMb } };
  }
  if (tooLong && !watch.toldCpu) {
    return { watch: next, excess: { resource: 'cpu', measured: usage.cpuPercent, limit: limits.cpuPercent } };
  }
  return { watch: next, excess: null };
}
