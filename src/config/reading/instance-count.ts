import { availableParallelism } from 'node:os';

/** Returns the number of instances that a definition asks for: `max` is one for each processor that the engine may use. */
export function instanceCount(instances: number | 'max'): number {
  return instances === 'max' ? availableParallelism() : instances;
}
