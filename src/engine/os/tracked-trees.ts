import type { ProcStat } from '../../base/proc-stat.ts';
import { UnmanagedTrees } from './unmanaged-trees.ts';
import type { ReadProcessTable } from './process-table.ts';
import { signalExactly } from './send-signal.ts';

type Root = Pick<ProcStat, 'pid' | 'startTicks'>;

/** Trees of processes that the engine did not start: what descends from them, remembered from look to look. */
export interface TrackedTrees {
  signal(root: Root, signal: NodeJS.Signals): void;
  /** SIGKILL to all, and to what they forked meanwhile. */
  kill(root: Root): void;
  isThere(root: Root): boolean;
}

const KILL_ROUNDS = 5;

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
      // What stands still forks no more.
      signal(root, 'SIGSTOP');
      for (let round = 0; round < KILL_ROUNDS && signal(root, 'SIGKILL') > 0; round++);
    },
    isThere: (root) => trees.membersOf(root, readTable(0)).length > 0,
  };
}
