import { cpus } from 'node:os';
import { CLOCK_TICKS_PER_SECOND } from '../../base/proc-stat.ts';
import type { TreeCpu } from './sampler.ts';

const MS_PER_TICK = 1000 / CLOCK_TICKS_PER_SECOND;
const CORES = Math.max(1, cpus().length);

/** The CPU time of one process so far. */
export interface CpuClock {
  readonly pid: number;
  readonly parentPid?: number;
  readonly startTicks: number;
  readonly cpuTicks: number;
  /** CPU time of its reaped children. */
  readonly waitedTicks: number;
}

export interface MeteredProcess {
  readonly stat: CpuClock;
  /** -Infinity if it existed before the first sample. */
  readonly firstSeenMs: number;
  /** The part of its clocks that was counted for another tree; 0 if absent. */
  readonly countedTicks?: number;
}

/**
 * Converts the CPU clocks of the processes of a tree to percent of one core, from the difference between two readings.
 *
 * CPU time of children that start and exit between two readings is included through the clock of reaped children of their
 * parent; without it, a loop of short commands would look idle.
 */
export class CpuMeter implements TreeCpu {
  #previous = new Map<number, CpuClock>();
  #takenAtMs: number | null = null;
  #lastPercent: number | null = null;
  #beforeTicks = 0;
  #sinceTicks = 0;
  #clockTicks = 0;

  get beforeSeconds(): number {
    return this.#beforeTicks / CLOCK_TICKS_PER_SECOND;
  }

  get sinceSeconds(): number {
    return this.#sinceTicks / CLOCK_TICKS_PER_SECOND;
  }

  get clockSeconds(): number {
    return this.#clockTicks / CLOCK_TICKS_PER_SECOND;
  }

  /** Returns percent of one core, never negative; null at the first reading. Within one clock tick the last result is repeated. */
  measure(processes: Iterable<MeteredProcess>, nowMs: number): number | null {
    const elapsedMs = this.#takenAtMs === null ? null : nowMs - this.#takenAtMs;
    if (elapsedMs !== null && elapsedMs < MS_PER_TICK) return this.#lastPercent;
    const spent = this.#takeReading(processes, elapsedMs);
    this.#sinceTicks += spent;
    this.#takenAtMs = nowMs;
    this.#lastPercent = elapsedMs === null ? null : (spent * MS_PER_TICK * 100) / elapsedMs;
    return this.#lastPercent;
  }

  /**
   * Takes the final clock of a process that was reaped. Returns the ticks that no reading has counted; null if no reading
   * has included the process.
   *
   * @param exists whether a process of the last reading is still there; if not, the final clock may include its time
   */
  settle(pid: number, finalTicks: number, exists: (clock: CpuClock) => boolean): number | null {
    const last = this.#previous.get(pid);
    if (last === undefined) return null;
    const rest = Math.max(0, finalTicks - ticksOf(last));
    if (rest <= ROUNDING_TICKS) {
      this.#previous.delete(pid);
      return rest;
    }
    const gone = [...this.#previous.values()].filter((clock) => this.#descendsFrom(clock, pid) && !exists(clock));
    let counted = 0;
    for (const clock of [last, ...gone]) {
      counted += ticksOf(clock);
      this.#previous.delete(clock.pid);
    }
    return Math.max(0, finalTicks - counted);
  }

  #descendsFrom(clock: CpuClock, ancestorPid: number): boolean {
    let at: CpuClock | undefined = clock;
    // Reused pids may form a cycle of parents.
    for (let depth = 0; at !== undefined && depth < MAX_DEPTH; depth++) {
      if (at.parentPid === ancestorPid) return true;
      at = at.parentPid === undefined ? undefined : this.#previous.get(at.parentPid);
    }
    return false;
  }

  /** Replaces the baseline. Returns the ticks spent since the previous one. */
  #takeReading(processes: Iterable<MeteredProcess>, elapsedMs: number | null): number {
    if (this.#isUnchanged(processes)) return 0;
    const current = new Map<number, CpuClock>();
    let own = 0;
    let waited = 0;
    let continued = 0;
    let clocks = 0;
    let before = 0;
    const isFirst = this.#takenAtMs === null;
    for (const process of processes) {
      const clock = process.stat;
      current.set(clock.pid, clock);
      const ticks = clock.cpuTicks + clock.waitedTicks;
      clocks += ticks;
      const baseline = this.#baselineOf(process);
      if (isFirst) before += Math.max(0, ticks - (process.countedTicks ?? 0));
      if (baseline === null) continue;
      if (baseline !== ZERO) continued += ticksOf(baseline);
      own += Math.max(0, clock.cpuTicks - baseline.cpuTicks);
      waited += Math.max(0, clock.waitedTicks - baseline.waitedTicks);
    }
    const ended = sumOf(this.#previous) - continued;
    this.#previous = current;
    this.#clockTicks = clocks;
    this.#beforeTicks += before;
    return own + spentByEnded(waited, ended, elapsedMs);
  }

  /** Returns whether the tree consists of the processes of the last reading, none of which has done anything since. */
  #isUnchanged(processes: Iterable<MeteredProcess>): boolean {
    if (this.#takenAtMs === null) return false;
    let count = 0;
    for (const { stat } of processes) {
      if (this.#previous.get(stat.pid) !== stat) return false;
      count++;
    }
    return count === this.#previous.size;
  }

  /** Returns where counting starts; null for a process older than the last reading that was not in the tree then. */
  #baselineOf({ stat, firstSeenMs }: MeteredProcess): Pick<CpuClock, 'cpuTicks' | 'waitedTicks'> | null {
    const previous = this.#previous.get(stat.pid);
    if (previous?.startTicks === stat.startTicks) return previous;
    return this.#takenAtMs !== null && firstSeenMs > this.#takenAtMs ? ZERO : null;
  }
}

/** The baseline of a new process: all of its CPU time counts. */
const ZERO = { cpuTicks: 0, waitedTicks: 0 };

/**
 * Two clocks are rounded down to ticks. For less, it is not determined whether it includes children: thousands of processes
 * of a killed tree may exit at the same time.
 */
const ROUNDING_TICKS = 2;

/** The deepest tree in which descendants are recognized. */
const MAX_DEPTH = 64;

function ticksOf({ cpuTicks, waitedTicks }: Pick<CpuClock, 'cpuTicks' | 'waitedTicks'>): number {
  return cpuTicks + waitedTicks;
}

function sumOf(clocks: ReadonlyMap<number, CpuClock>): number {
  let sum = 0;
  for (const clock of clocks.values()) sum += ticksOf(clock);
  return sum;
}

/**
 * Returns the ticks of children that exited. Their whole CPU time is added to the clock of their parent at once, so the
 * ticks already counted are subtracted. A result that exceeds all cores belongs to a process that was not counted here (a
 * program within a program) and is ignored.
 */
function spentByEnded(waited: number, countedBefore: number, elapsedMs: number | null): number {
  const spent = Math.max(0, waited - countedBefore);
  return elapsedMs !== null && spent * MS_PER_TICK <= elapsedMs * CORES + MS_PER_TICK ? spent : 0;
}
