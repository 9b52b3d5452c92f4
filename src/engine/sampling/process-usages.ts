import { isGone } from '../../base/proc-stat.ts';

/** The fields of pidusage that are used. */
export interface ProcessUsage {
  /** In bytes. */
  readonly memory: number;
  /** CPU time in ms. */
  readonly ctime: number;
}

export type ProcessUsages = ReadonlyMap<number, ProcessUsage>;

/**
 * Reads the usage of processes with the package `pidusage`; processes that have exited are omitted.
 *
 * `clear` of the package is not called: its entries expire on a timer that does not keep the process alive, and only
 * expiry closes the descriptors that it opened.
 */
export async function readProcessUsages(pids: readonly number[]): Promise<ProcessUsages> {
  if (pids.length === 0) return new Map();
  const { default: pidusage } = await import('pidusage');
  try {
    // Its types do not show that a process that has exited is null or missing.
    const found: Record<string, ProcessUsage | null | undefined> = await pidusage([...pids]);
    const usages = new Map<number, ProcessUsage>();
    for (const pid of pids) {
      const usage = found[pid];
      if (usage) usages.set(pid, usage);
    }
    return usages;
  } catch (error) {
    // It fails if none of the processes exists.
    if (isGone(error)) return new Map();
    throw error;
  }
}
