import type { ProcStat } from '../../base/proc-stat.ts';
import { CpuMeter } from './cpu-meter.ts';

/** A process of the machine, for as long as it lives; its pid's next owner is another object. */
export interface KnownProcess {
  stat: ProcStat;
  /** -Infinity when it was there before anybody looked. */
  readonly firstSeenMs: number;
  /** The program that it belongs to, wherever its parent is now. */
  owner: ManagedTree | null;
  /** Belonged to a program at some time, so it is read at each tick: an orphan must not stay unnoticed. */
  isNear: boolean;
  /** The program that its mark names, once that was looked up; null when none does. */
  markedId?: string | null;
  /** Whether `owner` has been decided under the present roots. */
  isSettled: boolean;
  /** The last tick at which it was listed. */
  seenInTick: number;
}

/** A managed program with the processes that belong to it. */
export interface ManagedTree {
  readonly id: string;
  readonly root: KnownProcess;
  readonly members: Set<KnownProcess>;
  readonly slowMeter: CpuMeter;
  readonly fastMeter: CpuMeter;
}

/** The tree of a program, in which nobody is yet, not even its root. */
export function createManagedTree(id: string, root: KnownProcess): ManagedTree {
  return { id, root, members: new Set(), slowMeter: new CpuMeter(), fastMeter: new CpuMeter() };
}

/** Makes a process belong to a tree, or to none, and to no other any more. */
export function assignOwner(process: KnownProcess, owner: ManagedTree | null): void {
  if (process.owner === owner) return;
  process.owner?.members.delete(process);
  process.owner = owner;
  if (owner === null) return;
  owner.members.add(process);
  process.isNear = true;
}
