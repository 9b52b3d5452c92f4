import type { ListedProcess } from './process-listing.ts';
import type { TreeRoot } from './sampler.ts';

/**
 * Returns the members of each listed root, parents before children. A process belongs to its nearest ancestor that is a
 * root; if its parent has exited, to the root of its process group.
 */
export function findTrees(
  listed: readonly ListedProcess[],
  roots: readonly TreeRoot[],
): ReadonlyMap<string, readonly ListedProcess[]> {
  const byPid = new Map(listed.map((process) => [process.pid, process]));
  const rootPids = new Set(roots.map((root) => root.pid));
  const childrenOf = groupBy(listed, (process) =>
    isOrphanOf(process, rootPids) ? process.groupId : process.parentPid,
  );
  const trees = new Map<string, readonly ListedProcess[]>();
  for (const root of roots) {
    const process = byPid.get(root.pid);
    if (process === undefined) continue;
    const members = [process];
    // Iterating over an array includes elements that are added during the iteration.
    for (const { pid } of members) {
      members.push(...(childrenOf.get(pid) ?? []).filter((child) => !rootPids.has(child.pid)));
    }
    trees.set(root.id, members);
  }
  return trees;
}

/** Orphans are re-parented to process 1, or to the engine if it is a subreaper. */
function isOrphanOf({ pid, parentPid, groupId }: ListedProcess, rootPids: ReadonlySet<number>): boolean {
  return (parentPid === 1 || parentPid === process.pid) && groupId !== pid && rootPids.has(groupId);
}

/** Node 20 has no Map.groupBy. */
function groupBy<T>(items: readonly T[], keyOf: (item: T) => number): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
