import type { ProcStat } from '../../base/proc-stat.ts';
import { CpuMeter } from './cpu-meter.ts';
import type { TreeUsage } from './sampler.ts';

/** The last reading of the memory that a process has allocated. */
export interface AnonymousReading {
  /** Its anonymous memory and swap in MB. */
  readonly mb: number;
  readonly atRssPages: number;
  /** How many samples use it, at most. */
  samplesLeft: number;
}

/** A process of the machine, from its discovery to its exit. A process that reuses the pid is another object. */
export interface KnownProcess {
  stat: ProcStat;
  /** -Infinity if it existed before the first sample. */
  readonly firstSeenMs: number;
  /** The part of its CPU clocks that regular samples have counted. */
  countedTicks: number;
  /** Its anonymous memory; absent until it was read. */
  anonymous?: AnonymousReading;
  /** The program that it belongs to, even if its parent has exited. */
  owner: ManagedTree | null;
  /** Whether it has ever belonged to a program. Such a process is read at every tick, so that orphans are noticed. */
  isNear: boolean;
  /** The program that its mark names, once looked up; null without a mark. */
  markedId?: string | null;
  /** Whether `owner` has been determined for the current roots. */
  isSettled: boolean;
  /** The last tick in which it was listed. */
  seenInTick: number;
}

/** A managed program with the processes that belong to it. */
export interface ManagedTree {
  readonly id: string;
  readonly root: KnownProcess;
  readonly members: Set<KnownProcess>;
  readonly slowMeter: CpuMeter;
  readonly fastMeter: CpuMeter;
  /** The usage in the last regular sample; null before the first one. */
  usage: TreeUsage | null;
}

/** Creates the tree of a program, without any members yet. */
export function createManagedTree(id: string, root: KnownProcess): ManagedTree {
  return { id, root, members: new Set(), slowMeter: new CpuMeter(), fastMeter: new CpuMeter(), usage: null };
}

/** Moves a process to a tree, or to none. */
export function assignOwner(process: KnownProcess, owner: ManagedTree | null): void {
  if (process.owner === owner) return;
  process.owner?.members.delete(process);
  process.owner = owner;
  if (owner === null) return;
  owner.members.add(process);
  process.isNear = true;
}
