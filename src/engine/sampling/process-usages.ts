import { isGone } from '../../base/proc-stat.ts';

/** What pidusage tells of a process, of its fields those that are used. */
export interface ProcessUsage {
  /** Bytes. */
  readonly memory: number;
  /** CPU time in ms. */
  readonly ctime: number;
}

export type ProcessUsages = ReadonlyMap<number, ProcessUsage>;

/**
 * Asks the package `pidusage`; a process that is gone is left out.
 *
 * Its `clear` is not called by anybody: what the package holds expires by itself, on a timer that keeps nothing
 * alive, and only expiry closes the descriptors it opened.
 */
export async function readProcessUsages(pids: readonly number[]): Promise<ProcessUsages> {
  if (pids.length === 0) return new Map();
  const { default: pidusage } = await import('pidusage');
  try {
    // Its types do not say that a process which went meanwhile is null or missing.
    const found: Record<string, ProcessUsage | null | undefined> = await pidusage([...pids]);
    const usages = new Map<number, ProcessUsage>();
    for (const pid of pids) {
      const usage = found[pid];
      if (usage) usages.set(pid, usage);
    }
    return usages;
  } catch (error) {
    // When not a single one is left, it fails instead of answering nothing.
    if (isGone(error)) return new Map();
    throw error;
  }
}
