import type { HealingMode } from './healing.ts';
import type { ProcessSpec } from '../protocol/process-spec.ts';

/** What the kernel is to allow a program at most. Null is unlimited. */
export interface KernelLimits {
  readonly memoryBytes: number | null;
  /** Processes and threads together. */
  readonly tasks: number | null;
}

/** Above its limit a program is restarted gracefully; the kernel kills only one that outruns that. */
const MEMORY_FACTOR = 1.5;
const MEMORY_MARGIN_MB = 64;
/** Each process may have this many threads, and even a small program so many in all. */
const TASKS_OF_ONE = 64;
const LEAST_TASKS = 4096;
const BYTES_PER_MB = 2 ** 20;

/** The backstop behind limits and fork bombs, for a machine too busy for the engine to act in time. */
export function kernelLimits({ limits, anomaly }: ProcessSpec, healing: HealingMode): KernelLimits {
  if (healing.mode !== 'on') return { memoryBytes: null, tasks: null };
  const { memoryMb } = limits;
  const { enabled, action, maxDescendants } = anomaly.forkBomb;
  return {
    memoryBytes: memoryMb === null ? null : Math.ceil(memoryMb * MEMORY_FACTOR + MEMORY_MARGIN_MB) * BYTES_PER_MB,
    tasks: enabled && action === 'kill' ? Math.max(LEAST_TASKS, maxDescendants * TASKS_OF_ONE) : null,
  };
}
