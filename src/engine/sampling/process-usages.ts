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
    // Its types do not say that a process that went meanwhile is null.
    const found: Record<string, ProcessUsage | null> = await pidusage([...pids]);
    const entries = Object.entries(found).flatMap(([pid, usage]) =>
      usage === null ? [] : ([[Number(pid), usage]] as const),
    );
    return new Map(entries);
  } catch (error) {
    if (error instanceof Error && (error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
}
