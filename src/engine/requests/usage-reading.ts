import { runOf } from '../../policy/lifecycle/state.ts';
import type { UsageReading } from '../../protocol/results/usage-reading.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { LatestUsage } from '../watches/usage-histories.ts';

/** Returns what a program uses now. All values are null while it does not run. */
export function readingOf(
  { id, program }: ManagedProgram,
  latestUsage: (id: string) => LatestUsage | undefined,
): UsageReading {
  const pid = runOf(program.state)?.pid ?? null;
  const latest = pid === null ? undefined : latestUsage(id);
  const usage = latest?.usage;
  return {
    id,
    at: latest === undefined ? null : new Date(latest.atMs).toISOString(),
    pid,
    cpuPercent: usage?.cpuPercent ?? null,
    memoryMb: usage?.memoryMb ?? null,
    allocatedMb: usage?.anonymousMb ?? usage?.residentMb ?? usage?.memoryMb ?? null,
    openDescriptors: usage?.openDescriptors ?? null,
    threads: usage?.threads ?? null,
    processes: usage?.processes ?? null,
  };
}
