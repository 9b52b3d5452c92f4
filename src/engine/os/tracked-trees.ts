import type { ProcStat } from '../../base/proc-stat.ts';
import { UnmanagedTrees } from './unmanaged-trees.ts';
import type { ReadProcessTable } from './process-table.ts';
import { signalExactly } from './send-signal.ts';

type Root = Pick<ProcStat, 'pid' | 'startTicks'>;

/** The trees of tracked processes. Known members are remembered, because orphans lose their parent. */
export interface TrackedTrees {
  signal(root: Root, signal: NodeJS.Signals): void;
  /** Kills all members, including those they fork in the meantime. */
  kill(root: Root): void;
  /** Returns whether any member is alive. */
  isAlive(root: Root): boolean;
}

const KILL_ROUNDS = 5;

/** Creates access to the trees of tracked processes. */
export function createTrackedTrees(readTable: ReadProcessTable): TrackedTrees {
  const trees = new UnmanagedTrees();
  const signal = (root: Root, name: NodeJS.Signals): number => {
    const members = trees.membersOf(root, readTable(0));
    for (const member of members) signalExactly(member, name);
    return members.length;
  };
  return {
    signal,
    kill(root) {
      // A stopped process cannot fork.
      signal(root, 'SIGSTOP');
      for (let round = 0; round < KILL_ROUNDS && signal(root, 'SIGKILL') > 0; round++);
    },
    isAlive: (root) => trees.membersOf(root, readTable(0)).length > 0,
  };
}
