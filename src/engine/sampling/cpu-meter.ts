import { cpus } from 'node:os';
import { CLOCK_TICKS_PER_SECOND } from '../../base/proc-stat.ts';

const MS_PER_TICK = 1000 / CLOCK_TICKS_PER_SECOND;
const CORES = Math.max(1, cpus().length);

/** The CPU time of one process, as its clock stands. */
export interface CpuClock {
  readonly pid: number;
  readonly startTicks: number;
  readonly cpuTicks: number;
  /** Of its children that ended and were waited for. */
  readonly waitedTicks: number;
}

export interface MeteredProcess {
  readonly stat: CpuClock;
  /** Of a process that was there before anybody looked: -Infinity. */
  readonly firstSeenMs: number;
}

/**
 * Turns the CPU clocks of a tree's processes into percent of one core, by their differences between two readings.
 *
 * What children spend that come and go between two readings shows up in the clock that their parent keeps of children
 * it waited for; without it a loop of short commands would look idle.
 */
export class CpuMeter {
  #previous: ReadonlyMap<number, CpuClock> = new Map();
  #takenAtMs: number | null = null;
  #lastPercent: number | null = null;

  /** Never negative; null at the first reading. Within one clock tick nothing can be told: the last answer stands. */
  measure(processes: Iterable<MeteredProcess>, nowMs: number): number | null {
    const elapsedMs = this.#takenAtMs === null ? null : nowMs - this.#takenAtMs;
    if (elapsedMs !== null && elapsedMs < MS_PER_TICK) return this.#lastPercent;
    const spent = this.#takeReading(processes, elapsedMs);
    this.#takenAtMs = nowMs;
    this.#lastPercent = elapsedMs === null ? null : (spent * MS_PER_TICK * 100) / elapsedMs;
    return this.#lastPercent;
  }

  /** Replaces the baseline and gives the ticks spent since the one before. */
  #takeReading(processes: Iterable<MeteredProcess>, elapsedMs: number | null): number {
    const current = new Map<number, CpuClock>();
    let own = 0;
    let waited = 0;
    let continued = 0;
    for (const process of processes) {
      const clock = process.stat;
      current.set(clock.pid, clock);
      const before = this.#baselineOf(process);
      if (before === null) continue;
      if (before !== UNBORN) continued += before.cpuTicks + before.waitedTicks;
      own += Math.max(0, clock.cpuTicks - before.cpuTicks);
      waited += Math.max(0, clock.waitedTicks - before.waitedTicks);
    }
    const ended = sumOf(this.#previous) - continued;
    this.#previous = current;
    return own + spentByEnded(waited, ended, elapsedMs);
  }

  /** Where counting starts; null for a process that is older than the last reading and was not in the tree then. */
  #baselineOf({ stat, firstSeenMs }: MeteredProcess): Pick<CpuClock, 'cpuTicks' | 'waitedTicks'> | null {
    const before = this.#previous.get(stat.pid);
    if (before?.startTicks === stat.startTicks) return before;
    return this.#takenAtMs !== null && firstSeenMs > this.#takenAtMs ? UNBORN : null;
  }
}

/** All that a process has spent since it was born counts. */
const UNBORN = { cpuTicks: 0, waitedTicks: 0 };

function sumOf(clocks: ReadonlyMap<number, CpuClock>): number {
  let sum = 0;
  for (const clock of clocks.values()) sum += clock.cpuTicks + clock.waitedTicks;
  return sum;
}

/**
 * The clock of waited-for children jumps by a whole life when one ends; what was counted of that life before is taken
 * off. More than all cores can have done comes from a life that was not counted here (a program within a program).
 */
function spentByEnded(waited: number, countedBefore: number, elapsedMs: number | null): number {
  const spent = Math.max(0, waited - countedBefore);
  return elapsedMs !== null && spent * MS_PER_TICK <= elapsedMs * CORES + MS_PER_TICK ? spent : 0;
}
