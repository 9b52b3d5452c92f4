import type { TreeMember } from '../../protocol/results/process-details.ts';

/** The CPU usage of processes by pid, in percent of one core. */
export type TreeUsage = ReadonlyMap<number, number>;

/** Returns what each process has used between two readings of a tree; processes that are new have no figure. */
export function treeUsageOf(before: readonly TreeMember[], after: readonly TreeMember[]): TreeUsage {
  const known = new Map(before.map((member) => [member.pid, member]));
  return new Map(
    after.flatMap(({ pid, cpuSeconds, uptimeMs }) => {
      const { cpuSeconds: cpuBefore, uptimeMs: uptimeBefore } = known.get(pid) ?? {};
      if (cpuSeconds === undefined || cpuBefore === undefined) return [];
      const passedMs = (uptimeMs ?? 0) - (uptimeBefore ?? 0);
      // A pid that was reused belongs to a younger process.
      return passedMs <= 0 ? [] : [[pid, Math.max(0, ((cpuSeconds - cpuBefore) * 100_000) / passedMs)] as const];
    }),
  );
}
