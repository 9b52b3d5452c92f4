import { type ExactMemory, isExactMemoryDue, needsExactMemory } from '../../policy/memory-measure.ts';
import type { MemoryMeasure } from '../../protocol/memory-measure.ts';
import { type ProportionalMemory, readProportionalMemory } from './proportional-memory.ts';
import type { MonotonicNow } from './sampler.ts';

const BYTES_PER_MB = 2 ** 20;
/** A sample waits this long for an exact figure. A tree whose pages take longer to count is judged by a later sample. */
const MAX_WAIT_MS = 150;

/** Returns the anonymous and shared memory in the cgroup of a program if it contains all these processes; null otherwise. */
export type CgroupMemoryOf = (id: string, pids: ReadonlySet<number>) => number | null;

/** The memory of a process tree as it is judged and displayed. */
export interface MeasuredMemory {
  /** MB of 2^20 bytes. */
  readonly memoryMb: number;
  readonly memoryMeasure: MemoryMeasure;
  /** Whether the figure may be too high, because the exact one is not known yet. */
  readonly isMemoryPending: boolean;
}

/** A tree in one sample. */
interface TreeMemory {
  readonly id: string;
  /** The main process: the figures of another run do not count. */
  readonly rootPid: number;
  readonly residentMb: number;
  readonly pids: () => readonly number[];
}

interface Known extends ExactMemory {
  readonly measure: MemoryMeasure;
}

interface Entry {
  readonly rootPid: number;
  last: Known | null;
  reading: Promise<void> | null;
}

/**
 * Measures the memory of process trees with shared pages counted once, but only where it decides something: above 80 % of a
 * memory limit. Other trees have the sum of their resident memory, which costs nothing.
 */
export class MemoryMeter {
  readonly #now: MonotonicNow;
  readonly #cgroupMemoryOf: CgroupMemoryOf;
  readonly #entries = new Map<string, Entry>();
  #limits: ReadonlyMap<string, number> = new Map();

  constructor(now: MonotonicNow, cgroupMemoryOf: CgroupMemoryOf = () => null) {
    this.#now = now;
    this.#cgroupMemoryOf = cgroupMemoryOf;
  }

  /** Sets the memory limits in MB; programs without a limit are not in it. */
  setLimits(limits: ReadonlyMap<string, number>): void {
    this.#limits = limits;
    for (const id of this.#entries.keys()) if (!limits.has(id)) this.#entries.delete(id);
  }

  /** Returns false for a tree that is far from its limit: the sum of its resident memory is enough. */
  isNeeded(id: string, residentMb: number): boolean {
    if (needsExactMemory(residentMb, this.#limits.get(id) ?? null)) return true;
    this.#entries.delete(id);
    return false;
  }

  /** Measures a tree for which `isNeeded` returned true. */
  async measure(tree: TreeMemory): Promise<MeasuredMemory> {
    const { id, residentMb } = tree;
    const limitMb = this.#limits.get(id) ?? Infinity;
    const pids = tree.pids();
    const bytes = this.#cgroupMemoryOf(id, new Set(pids));
    if (bytes !== null) return exact(toMb(bytes), 'cgroup', residentMb);
    const entry = this.#entryOf(tree);
    if (entry.reading === null && isExactMemoryDue(entry.last, { residentMb, limitMb, nowMs: this.#now() })) {
      entry.reading = this.#read(entry, pids, residentMb).finally(() => {
        entry.reading = null;
      });
    }
    if (entry.reading !== null) await withinWait(entry.reading);
    return entry.last === null ? resident(residentMb, true) : exact(entry.last.mb, entry.last.measure, residentMb);
  }

  #entryOf({ id, rootPid }: TreeMemory): Entry {
    const known = this.#entries.get(id);
    if (known?.rootPid === rootPid) return known;
    const entry = { rootPid, last: null, reading: null };
    this.#entries.set(id, entry);
    return entry;
  }

  async #read(entry: Entry, pids: readonly number[], residentMb: number): Promise<void> {
    const startedAt = this.#now();
    const { bytes, isEstimate }: ProportionalMemory = await readProportionalMemory(pids);
    const atMs = this.#now();
    const measure = isEstimate ? 'estimate' : 'pss';
    entry.last = { mb: toMb(bytes), residentMb, atMs, costMs: atMs - startedAt, measure };
  }
}

function resident(memoryMb: number, isMemoryPending: boolean): MeasuredMemory {
  return { memoryMb, memoryMeasure: 'rss', isMemoryPending };
}

/** Pages that no process of the tree has mapped, such as files in a tmpfs, do not count. */
function exact(mb: number, memoryMeasure: MemoryMeasure, residentMb: number): MeasuredMemory {
  return mb <= residentMb ? { memoryMb: mb, memoryMeasure, isMemoryPending: false } : resident(residentMb, false);
}

async function withinWait(reading: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, MAX_WAIT_MS);
  });
  // After the wait, a failure is no one's: the next sample reads again.
  reading.catch(() => undefined);
  await Promise.race([reading, timeUp]).finally(() => clearTimeout(timer));
}

function toMb(bytes: number): number {
  return bytes / BYTES_PER_MB;
}
