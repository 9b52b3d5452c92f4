import { CLOCK_TICKS_PER_SECOND } from '../../base/proc-stat.ts';
import { CpuMeter, type MeteredProcess } from './cpu-meter.ts';
import { findTrees } from './find-trees.ts';
import { type ListedProcess, listProcesses } from './process-listing.ts';
import { type ProcessUsages, readProcessUsages } from './process-usages.ts';
import type { MonotonicNow, SampledProcess, Sampler, EscapedProcess, TreeRoot, TreeUsage } from './sampler.ts';

const BYTES_PER_MB = 2 ** 20;
const TICKS_PER_MS = CLOCK_TICKS_PER_SECOND / 1000;

interface PortableTree {
  readonly rootPid: number;
  readonly slowMeter: CpuMeter;
  readonly fastMeter: CpuMeter;
  members: readonly ListedProcess[];
}

/**
 * Creates a sampler for platforms without /proc, which uses ps(1) and the package `pidusage`. These do not report start
 * times, so reuse of a pid between two samples is not detected.
 *
 * The percentages of pidusage are not used: it has one baseline per pid, so fast and slow samples would interfere.
 */
export function createPidusageSampler(now: MonotonicNow): Sampler {
  return new PidusageSampler(now);
}

class PidusageSampler implements Sampler {
  readonly #now: MonotonicNow;
  readonly #trees = new Map<string, PortableTree>();
  #firstSeenMs: ReadonlyMap<number, number> = new Map();

  constructor(now: MonotonicNow) {
    this.#now = now;
  }

  async sample(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, TreeUsage>> {
    const listed = await listProcesses();
    this.#remember(listed);
    const membersById = findTrees(listed, roots);
    for (const id of this.#trees.keys()) if (!membersById.has(id)) this.#trees.delete(id);
    for (const root of roots) this.#keep(root, membersById.get(root.id));
    return this.#measure(membersById.keys(), (tree) => tree.slowMeter);
  }

  async count(roots: readonly TreeRoot[]): Promise<ReadonlyMap<string, number>> {
    return new Map([...findTrees(await listProcesses(), roots)].map(([id, members]) => [id, members.length]));
  }

  sampleFast(ids: readonly string[]): Promise<ReadonlyMap<string, TreeUsage>> {
    return this.#measure(ids, (tree) => tree.fastMeter);
  }

  /** Other platforms than Linux do not report CPU times of exited processes to the engine. */
  settle(): null {
    return null;
  }

  async treeOf(root: TreeRoot): Promise<readonly SampledProcess[]> {
    const members = findTrees(await listProcesses(), [root]).get(root.id) ?? [];
    const usages = await readProcessUsages(members.map(({ pid }) => pid));
    return members.flatMap(({ pid, parentPid, name }) => {
      const usage = usages.get(pid);
      return usage === undefined ? [] : [{ pid, parentPid, name, memoryMb: toMb(usage.memory), startTicks: null }];
    });
  }

  /** Other platforms than Linux have no subreapers. */
  newcomers(): readonly [] {
    return [];
  }

  escaped(): readonly EscapedProcess[] {
    return [];
  }

  close(): void {
    this.#trees.clear();
  }

  /** Records when each process was first seen; unknown for the first list. */
  #remember(listed: readonly ListedProcess[]): void {
    const since = this.#firstSeenMs.size === 0 ? -Infinity : this.#now();
    this.#firstSeenMs = new Map(listed.map(({ pid }) => [pid, this.#firstSeenMs.get(pid) ?? since]));
  }

  #keep(root: TreeRoot, members: readonly ListedProcess[] | undefined): void {
    if (members === undefined) return;
    const known = this.#trees.get(root.id);
    if (known?.rootPid === root.pid) known.members = members;
    else {
      const meters = { slowMeter: new CpuMeter(), fastMeter: new CpuMeter() };
      this.#trees.set(root.id, { rootPid: root.pid, ...meters, members });
    }
  }

  async #measure(ids: Iterable<string>, meterOf: (tree: PortableTree) => CpuMeter): Promise<Map<string, TreeUsage>> {
    const trees = new Map<string, PortableTree>();
    for (const id of ids) {
      const tree = this.#trees.get(id);
      if (tree !== undefined) trees.set(id, tree);
    }
    const pids = [...trees.values()].flatMap(({ members }) => members.map(({ pid }) => pid));
    const usages = await readProcessUsages(pids);
    const nowMs = this.#now();
    const measured = new Map<string, TreeUsage>();
    for (const [id, tree] of trees) {
      if (usages.has(tree.rootPid)) measured.set(id, this.#usageOf(tree.members, usages, meterOf(tree), nowMs));
    }
    return measured;
  }

  #usageOf(members: readonly ListedProcess[], usages: ProcessUsages, meter: CpuMeter, nowMs: number): TreeUsage {
    const metered: MeteredProcess[] = [];
    let bytes = 0;
    for (const { pid } of members) {
      const usage = usages.get(pid);
      if (usage === undefined) continue;
      bytes += usage.memory;
      const stat = { pid, startTicks: 0, cpuTicks: usage.ctime * TICKS_PER_MS, waitedTicks: 0 };
      metered.push({ stat, firstSeenMs: this.#firstSeenMs.get(pid) ?? -Infinity });
    }
    const cpuPercent = meter.measure(metered, nowMs);
    return { cpuPercent, cpu: meter, memoryMb: toMb(bytes), processes: metered.length };
  }
}

function toMb(bytes: number): number {
  return bytes / BYTES_PER_MB;
}
