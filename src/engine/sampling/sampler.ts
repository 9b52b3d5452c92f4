import type { ExactIdentity, ProcessIdentity } from '../../base/process-identity.ts';
import type { MemoryMeasure } from '../../protocol/memory-measure.ts';
import type { TreeMember } from '../../protocol/results/process-details.ts';

/** The main process of a program, spawned or adopted. */
export interface TreeRoot extends ProcessIdentity {
  readonly id: string;
  /** The limit in MB near which memory is measured exactly; null or absent without one. */
  readonly memoryLimitMb?: number | null;
}

/** The CPU time of a tree in seconds. It stays the same object, and increases, as long as the tree is sampled. */
export interface TreeCpu {
  /** All time up to the first sample, except what was counted for an earlier tree. */
  readonly beforeSeconds: number;
  /** The time spent since the first sample. */
  readonly sinceSeconds: number;
  /** The sum of the clocks of all processes in the last sample, each with its reaped children. */
  readonly clockSeconds: number;
}

/** The CPU time of a process that exited. */
export interface CpuRemainder {
  readonly id: string;
  /** The time that `cpu` does not include. */
  readonly seconds: number;
  readonly cpu: TreeCpu;
}

/** The resource usage of a program and its descendants. */
export interface TreeUsage {
  /** Percent of one core since the previous sample of this tree; null on the first. */
  readonly cpuPercent: number | null;
  /** Absent in fast samples. */
  readonly cpu?: TreeCpu;
  /** Memory in MB of 2^20 bytes, as it is judged and displayed. */
  readonly memoryMb: number;
  /** How `memoryMb` was measured; absent on platforms that only have resident memory. */
  readonly memoryMeasure?: MemoryMeasure;
  /** Whether `memoryMb` may be too high, because an exact figure is needed and not known yet. */
  readonly isMemoryPending?: boolean;
  /** The sum of resident memory in MB, in which shared pages count once for each process: a trend needs one measure. */
  readonly residentMb?: number;
  /** The sum of anonymous memory and swap in MB; absent in fast samples, and if it is unknown. */
  readonly anonymousMb?: number;
  /** Number of threads of all processes; absent in fast samples, and on platforms that do not report it. */
  readonly threads?: number;
  /** The highest number of open descriptors of one process, counted once a minute; absent if it is unknown. */
  readonly openDescriptors?: number;
  /** Number of running processes, including the main process. */
  readonly processes: number;
}

export interface SampledProcess extends TreeMember {
  readonly startTicks: number | null;
}

/** A child of the engine that is not a program: an orphan that the kernel re-parented to the engine. */
export interface EscapedProcess extends ExactIdentity {
  readonly name: string;
}

/** The CPU usage of a program since the previous look. */
export interface CpuLook {
  /** Percent of one core, never negative. */
  readonly percent: number;
  /** Whether it includes every process of the program; otherwise the usage may be higher. */
  readonly isWhole: boolean;
}

/** Measures the CPU usage of programs several times a second, at almost no cost while they use little. */
export interface CpuLooker {
  /** Names the programs to look at, of which one is interesting if it uses more than `leastPercent` of a core. */
  watch(roots: readonly TreeRoot[], leastPercent: number): void;
  /**
   * Returns the usage of each program since the previous look. A program that was not looked at before is missing; all are
   * if they used less than `leastPercent` together.
   */
  look(): ReadonlyMap<string, CpuLook>;
}

/** Measures the resource usage of programs. A program missing from a result has exited. */
export interface Sampler {
  /** Samples the given programs; other programs are forgotten. */
  sample(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, TreeUsage>>;
  /** Counts the running processes of each program, without affecting measurements. */
  count(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, number>>;
  /** Samples programs of the last `sample` again, with a separate CPU baseline. */
  sampleFast(ids: readonly string[]): Promise<ReadonlyMap<string, TreeUsage>>;
  /**
   * Takes the whole CPU time of a process that exited. Returns the part that the samples of its program do not include; null
   * if no sample has included the process, or the platform does not report such times.
   */
  settle(pid: number, cpuSeconds: number): CpuRemainder | null;
  /** Lists the processes of a tree, the root first and parents before children; empty if the root has exited. */
  treeOf(root: TreeRoot): Promise<readonly SampledProcess[]>;
  /** Returns running children of this process in the last sample that are not among `ownPids`. */
  escaped(ownPids: ReadonlySet<number>): readonly EscapedProcess[];
  /** Returns the processes of the machine that appeared between the last two calls of `sample`; none where the platform does not report start times. */
  newcomers(): readonly ExactIdentity[];
  /** Cheap looks at the CPU usage of programs in between; absent if the platform has no clocks for them. */
  readonly looks?: CpuLooker;
  close(): void;
}

/** Returns milliseconds of a monotonic clock. */
export type MonotonicNow = () => number;
