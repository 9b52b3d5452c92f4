import type { HealingMode } from './healing.ts';
import type { ProcessSpec } from '../protocol/process-spec.ts';

/** Limits that the kernel enforces on a program; null is unlimited. */
export interface KernelLimits {
  readonly memoryBytes: number | null;
  /** Processes and threads together. */
  readonly tasks: number | null;
}

/** healer restarts a program gracefully at its limit; the kernel kills one that grows faster than that. */
const MEMORY_FACTOR = 1.5;
const MEMORY_MARGIN_MB = 64;
/** Threads for each process, and the least for a whole program. */
const TASKS_OF_ONE = 64;
const LEAST_TASKS = 4096;
const BYTES_PER_MB = 2 ** 20;

/** Returns the kernel limits that back up healing on a machine that is too busy for the engine to act in time. */
export function kernelLimits({ limits, anomaly }: ProcessSpec, healing: HealingMode): KernelLimits {
  if (healing.mode !== 'on') return { memoryBytes: null, tasks: null };
  const { memoryMb } = limits;
  const { enabled, action, maxDescendants } = anomaly.forkBomb;
  return {
    memoryBytes: memoryMb === null ? null : Math.ceil(memoryMb * MEMORY_FACTOR + MEMORY_MARGIN_MB) * BYTES_PER_MB,
    tasks: enabled && action === 'kill' ? Math.max(LEAST_TASKS, maxDescendants * TASKS_OF_ONE) : null,
  };
}
