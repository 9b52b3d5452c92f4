import { uptime } from 'node:os';
import { readChildPids } from '../../base/child-pids.ts';
import {
  CLOCK_TICKS_PER_SECOND,
  isDead,
  isGone,
  PAGE_BYTES,
  type ProcStat,
  readProcStat,
} from '../../base/proc-stat.ts';
import type { CpuClock } from './cpu-meter.ts';
import { assignOwner, type KnownProcess, type ManagedTree } from './known-process.ts';
import { KnownProcesses } from './known-processes.ts';
import type { MonotonicNow, SampledProcess, Sampler, EscapedProcess, TreeRoot, TreeUsage } from './sampler.ts';
import { anonymousMbOf } from './anonymous-memory.ts';
import { type MeasuredMemory, MemoryMeter } from './memory-meter.ts';
import { OpenDescriptors } from './open-descriptors.ts';
import { StatFiles } from './stat-files.ts';
import { type OwnerIdOf, TreeForest } from './tree-forest.ts';

const BYTES_PER_MB = 2 ** 20;

/** Listing the children of each process costs more than reading it, so larger trees wait for the next sample. */
const FAST_DISCOVERY_MAX = 64;

/** A sampler that knows the processes of each program. */
interface ProcSampler extends Sampler {
  /** Returns the processes of the program in its last sample. */
  readonly pidsOf: (id: string) => readonly number[];
}

/** Creates a sampler that reads /proc, for Linux. */
export function createProcSampler(
  now: MonotonicNow,
  files: StatFiles = new StatFiles(),
  ownerIdOf?: OwnerIdOf,
  memory: MemoryMeter = new MemoryMeter(now),
): ProcSampler {
  const processes = new KnownProcesses(files);
  const forest = new TreeForest(processes, ownerIdOf);
  const openDescriptors = new OpenDescriptors();
  let newcomers: readonly KnownProcess[] = [];

  const readAgain = (tree: ManagedTree, nowMs: number): void => {
    for (const member of [...tree.members]) processes.reread(member);
    if (tree.members.size > FAST_DISCOVERY_MAX) return;
    // Iterating over a set includes added elements, so descendants are found as well.
    for (const member of tree.members) {
      for (const pid of readChildren(member.stat.pid)) {
        const child = processes.get(pid) === undefined ? processes.meet(pid, nowMs) : null;
        if (child !== null) settleUnder(child, tree);
      }
    }
  };

  return {
    async sample(roots) {
      const nowMs = now();
      forest.update(roots, processes.refresh(nowMs));
      newcomers = processes.takeArrivals();
      memory.setLimits(limitsOf(roots));
      return await usagesIn(
        forest,
        memory,
        roots.map((root) => root.id),
        (tree) => regularUsageOf(tree, openDescriptors.mostIn(tree, nowMs), nowMs),
      );
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- other samplers are asynchronous
    async count(roots) {
      forest.update(roots, processes.refresh(now()));
      return new Map(roots.flatMap(({ id }) => countOf(id, forest.get(id))));
    },
    async sampleFast(ids) {
      const nowMs = now();
      return await usagesIn(forest, memory, ids, (tree) => {
        readAgain(tree, nowMs);
        return forest.get(tree.id) === tree ? fastUsageOf(tree, nowMs) : null;
      });
    },
    settle(pid, cpuSeconds) {
      const tree = processes.get(pid)?.owner ?? null;
      const ticks = tree?.slowMeter.settle(pid, cpuSeconds * CLOCK_TICKS_PER_SECOND, exists) ?? null;
      if (tree === null || ticks === null) return null;
      return { id: tree.id, seconds: ticks / CLOCK_TICKS_PER_SECOND, cpu: tree.slowMeter };
    },
    // eslint-disable-next-line @typescript-eslint/require-await -- as above
    async treeOf(root) {
      const tree = forest.add(root, processes.refresh(now()));
      return tree === undefined ? [] : describeTree(tree);
    },
    pidsOf: (id) => pidsIn(forest.get(id)),
    newcomers: () => newcomers.map(({ stat }) => stat),
    escaped: (ownPids) => findEscaped(processes.all(), ownPids),
    close: () => processes.close(),
  };
}

async function usagesIn(
  forest: TreeForest,
  memory: MemoryMeter,
  ids: readonly string[],
  measure: (tree: ManagedTree) => TreeUsage | null,
): Promise<ReadonlyMap<string, TreeUsage>> {
  const usages = new Map<string, TreeUsage>();
  const waiting: Promise<void>[] = [];
  for (const id of ids) {
    const tree = forest.get(id);
    const usage = tree === undefined ? null : measure(tree);
    if (tree === undefined || usage === null) continue;
    usages.set(id, usage);
    if (!memory.isNeeded(id, usage.memoryMb)) continue;
    const exactly = memory.measure({
      id,
      rootPid: tree.root.stat.pid,
      residentMb: usage.memoryMb,
      pids: () => pidsIn(tree),
    });
    waiting.push(exactly.then((exact) => void usages.set(id, withMemory(usage, exact))));
  }
  await Promise.all(waiting);
  return usages;
}

/** In this order, V8 gives all results the same hidden class: a spread followed by a new property makes one for each object. */
function withMemory(usage: TreeUsage, { memoryMb, memoryMeasure, isMemoryPending }: MeasuredMemory): TreeUsage {
  return { isMemoryPending, ...usage, memoryMb, memoryMeasure };
}

function pidsIn(tree: ManagedTree | undefined): number[] {
  return [...(tree?.members ?? [])].map(({ stat }) => stat.pid);
}

function settleUnder(child: KnownProcess, tree: ManagedTree): void {
  child.isSettled = true;
  assignOwner(child, tree);
}

function countOf(id: string, tree: ManagedTree | undefined): [string, number][] {
  return tree === undefined ? [] : [[id, [...tree.members].filter(({ stat }) => !isDead(stat)).length]];
}

/**
 * Returns the usage in a regular sample: the same object as in the last one if nothing has changed, because most programs do
 * nothing most of the time.
 */
function regularUsageOf(tree: ManagedTree, openDescriptors: number | null, nowMs: number): TreeUsage {
  const cpuPercent = tree.slowMeter.measure(tree.members, nowMs);
  let [pages, processes, threads]: [number, number, number] = [0, 0, 0];
  let anonymousMb: number | null = 0;
  for (const member of tree.members) {
    const { stat } = member;
    pages += stat.rssPages;
    member.countedTicks = stat.cpuTicks + stat.waitedTicks;
    if (isDead(stat)) continue;
    processes++;
    threads += stat.threads;
    const own: number | null = anonymousMb === null ? null : anonymousMbOf(member);
    anonymousMb = own === null || anonymousMb === null ? null : anonymousMb + own;
  }
  const memoryMb = toMb(pages);
  const last = tree.usage;
  const isSame =
    last !== null &&
    last.cpuPercent === cpuPercent &&
    last.memoryMb === memoryMb &&
    last.processes === processes &&
    last.threads === threads &&
    (last.anonymousMb ?? null) === anonymousMb &&
    (last.openDescriptors ?? null) === openDescriptors;
  if (isSame) return last;
  tree.usage = {
    cpuPercent,
    cpu: tree.slowMeter,
    memoryMb,
    memoryMeasure: 'rss',
    residentMb: memoryMb,
    processes,
    threads,
    ...(anonymousMb === null ? {} : { anonymousMb }),
    ...(openDescriptors === null ? {} : { openDescriptors }),
  };
  return tree.usage;
}

/** Returns the usage in a fast sample, which has a baseline of its own and counts nothing. */
function fastUsageOf(tree: ManagedTree, nowMs: number): TreeUsage {
  const cpuPercent = tree.fastMeter.measure(tree.members, nowMs);
  let pages = 0;
  let processes = 0;
  for (const { stat } of tree.members) {
    pages += stat.rssPages;
    if (!isDead(stat)) processes++;
  }
  const memoryMb = toMb(pages);
  return { cpuPercent, memoryMb, memoryMeasure: 'rss', residentMb: memoryMb, processes };
}

function exists({ pid, startTicks }: CpuClock): boolean {
  return readProcStat(pid)?.startTicks === startTicks;
}

function limitsOf(roots: readonly TreeRoot[]): ReadonlyMap<string, number> {
  const limits = new Map<string, number>();
  for (const { id, memoryLimitMb } of roots) if (typeof memoryLimitMb === 'number') limits.set(id, memoryLimitMb);
  return limits;
}

function toMb(pages: number): number {
  return (pages * PAGE_BYTES) / BYTES_PER_MB;
}

/** Lists the processes of a tree. Sorting by start time puts parents before their children. */
function describeTree(tree: ManagedTree): SampledProcess[] {
  const stats = [...tree.members].map((member) => member.stat).filter((stat) => !isDead(stat));
  const isRoot = (stat: ProcStat): boolean => stat === tree.root.stat;
  stats.sort((a, b) => Number(isRoot(b)) - Number(isRoot(a)) || a.startTicks - b.startTicks || a.pid - b.pid);
  const nowTicks = uptime() * CLOCK_TICKS_PER_SECOND;
  return stats.map(({ pid, parentPid, name, state, startTicks, rssPages, cpuTicks }) => ({
    pid,
    parentPid,
    name,
    startTicks,
    memoryMb: toMb(rssPages),
    cpuSeconds: cpuTicks / CLOCK_TICKS_PER_SECOND,
    uptimeMs: Math.max(0, Math.round(((nowTicks - startTicks) * 1000) / CLOCK_TICKS_PER_SECOND)),
    ...(state === 'T' ? { isStopped: true } : {}),
  }));
}

function findEscaped(processes: Iterable<KnownProcess>, ownPids: ReadonlySet<number>): EscapedProcess[] {
  const escaped: EscapedProcess[] = [];
  for (const { stat } of processes) {
    if (stat.parentPid !== process.pid || ownPids.has(stat.pid) || isDead(stat)) continue;
    escaped.push({ pid: stat.pid, startTicks: stat.startTicks, name: stat.name });
  }
  return escaped;
}

/** Returns the children forked by the main thread, if the kernel lists them; others appear in the next sample. */
function readChildren(pid: number): readonly number[] {
  try {
    return readChildPids(pid);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}
