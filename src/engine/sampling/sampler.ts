import type { ExactIdentity, ProcessIdentity } from '../../base/process-identity.ts';
import type { TreeMember } from '../../protocol/results/process-details.ts';

/** A managed program: the process that was spawned or adopted. */
export interface TreeRoot extends ProcessIdentity {
  readonly id: string;
}

/** What a program and all that descends from it use. */
export interface TreeUsage {
  /** Percent of one core since the previous sample of this tree; null on the first. */
  readonly cpuPercent: number | null;
  /** Resident, in MB of 2^20 bytes. Pages that processes share count once for each. */
  readonly memoryMb: number;
  /** Living processes, the program's own included. */
  readonly processes: number;
}

export interface SampledProcess extends TreeMember {
  readonly startTicks: number | null;
}

/** A child of the engine that is no program of its own: an orphan that the kernel gave to it. */
export interface EscapedProcess extends ExactIdentity {
  readonly name: string;
}

/** Tells what programs use. A program that is not in an answer is gone. */
export interface Sampler {
  /** One snapshot of all programs; those not named any more are forgotten. */
  sample(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, TreeUsage>>;
  /** Living processes of each program now, its own included; measures nothing and disturbs no measurement. */
  count(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, number>>;
  /** Looks again at programs of the last `sample`, with a CPU baseline apart from its. */
  sampleFast(ids: readonly string[]): Promise<ReadonlyMap<string, TreeUsage>>;
  /** The processes of a tree now, the root first and parents before their children; empty when the root is gone. */
  treeOf(root: TreeRoot): Promise<readonly SampledProcess[]>;
  /** Of the last snapshot, living children of this process that are not among `ownPids`. */
  escaped(ownPids: ReadonlySet<number>): readonly EscapedProcess[];
  close(): void;
}

/** Gives milliseconds that never run backwards. */
export type MonotonicNow = () => number;
