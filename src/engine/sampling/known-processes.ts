import { isDead, listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { assignOwner, type KnownProcess } from './known-process.ts';
import { NewPids } from './new-pids.ts';
import { ReclaimedMemory } from './reclaimed-memory.ts';
import { StatFiles } from './stat-files.ts';

/** Processes outside of programs are read every 30 ticks, distributed over the ticks. */
const FAR_EVERY_TICKS = 30;

/** Fewer processes cost less than finding out whether they need to be read. */
const FEWEST_TO_OMIT = 16;

/** The parent of all kernel threads, if it is visible. */
const KTHREADD_PID = 2;

/**
 * The processes of the machine. An update costs one read for each process that belongs to a program, regardless of the number
 * of other processes, and a directory listing if a process has been started on the machine since the last one.
 */
export class KnownProcesses {
  readonly #byPid = new Map<number, KnownProcess>();
  readonly #files: StatFiles;
  readonly #newPids = new NewPids();
  /** New processes that were not taken yet. */
  #arrivals: KnownProcess[] = [];
  #tick = 0;
  readonly #reclaimed = new ReclaimedMemory();
  /** The processes that were found dead since the last tick: their children have another parent, even if these do not run. */
  readonly #dead = new Set<number>();

  constructor(files: StatFiles) {
    this.#files = files;
  }

  get(pid: number): KnownProcess | undefined {
    return this.#byPid.get(pid);
  }

  all(): Iterable<KnownProcess> {
    return this.#byPid.values();
  }

  /** Updates all processes. Returns new ones. */
  refresh(nowMs: number): readonly KnownProcess[] {
    const firstSeenMs = this.#tick === 0 ? -Infinity : nowMs;
    this.#tick++;
    // A process that has not run since the last tick is as it was, unless the kernel has taken some of its memory.
    const mayOmit = this.#files.keptCount >= FEWEST_TO_OMIT && !this.#reclaimed.hasChanged();
    const newcomers = this.#newPids.mayExist(nowMs) ? this.#list(firstSeenMs, mayOmit) : this.#keepUpAll(mayOmit);
    if (this.#dead.size > 0) this.#rereadOrphans();
    return newcomers;
  }

  #keepUpAll(mayOmit: boolean): readonly KnownProcess[] {
    for (const known of this.#byPid.values()) this.#keepUp(known, mayOmit);
    return [];
  }

  #list(firstSeenMs: number, mayOmit: boolean): readonly KnownProcess[] {
    const newcomers: KnownProcess[] = [];
    for (const pid of listPids()) {
      const known = this.#byPid.get(pid);
      const isRunning = known !== undefined && this.#keepUp(known, mayOmit);
      const newcomer = isRunning ? null : this.meet(pid, firstSeenMs);
      if (newcomer !== null) newcomers.push(newcomer);
    }
    this.#forgetUnlisted();
    this.#newPids.listed(newcomers.length);
    for (const newcomer of newcomers) this.#arrivals.push(newcomer);
    return newcomers;
  }

  /** Returns the processes that appeared since the last call. */
  takeArrivals(): readonly KnownProcess[] {
    const arrivals = this.#arrivals;
    this.#arrivals = [];
    return arrivals;
  }

  /**
   * Reads a process again. Returns false and forgets it if it has exited.
   * @param mayOmit whether a process that has not run need not be read
   */
  reread(known: KnownProcess, mayOmit = false): boolean {
    const { pid } = known.stat;
    const stat = known.isNear ? this.#files.read(pid, mayOmit) : readProcStat(pid);
    if (stat?.startTicks === known.stat.startTicks) {
      if (stat !== known.stat && isDead(stat)) this.#dead.add(pid);
      known.stat = stat;
      return true;
    }
    this.#dead.add(pid);
    this.#forget(known);
    return false;
  }

  /** Adds a process; returns null if it has already exited. */
  meet(pid: number, firstSeenMs: number): KnownProcess | null {
    const stat = readProcStat(pid);
    if (stat === null) return null;
    const known: KnownProcess = {
      stat,
      firstSeenMs,
      countedTicks: 0,
      owner: null,
      isNear: false,
      isSettled: false,
      seenInTick: this.#tick,
    };
    this.#byPid.set(pid, known);
    return known;
  }

  close(): void {
    this.#byPid.clear();
    this.#files.close();
    this.#newPids.close();
    this.#reclaimed.close();
  }

  #keepUp(known: KnownProcess, mayOmit: boolean): boolean {
    known.seenInTick = this.#tick;
    return this.#isDue(known) ? this.reread(known, mayOmit) : true;
  }

  /** Children that are found dead themselves are left to the next tick. */
  #rereadOrphans(): void {
    const dead = new Set(this.#dead);
    this.#dead.clear();
    for (const known of this.#byPid.values()) {
      if (known.isNear && dead.has(known.stat.parentPid)) this.reread(known);
    }
  }

  #isDue({ isNear, stat }: KnownProcess): boolean {
    if (isNear) return true;
    return stat.pid % FAR_EVERY_TICKS === this.#tick % FAR_EVERY_TICKS && !isKernelThread(stat);
  }

  #forgetUnlisted(): void {
    for (const known of this.#byPid.values()) {
      if (known.seenInTick === this.#tick) continue;
      this.#dead.add(known.stat.pid);
      this.#forget(known);
    }
  }

  #forget(known: KnownProcess): void {
    assignOwner(known, null);
    this.#byPid.delete(known.stat.pid);
    this.#files.forget(known.stat.pid);
  }
}

/** In a container, pid 2 is an ordinary process; only kernel threads have neither a group nor memory. */
function isKernelThread({ pid, parentPid, groupId, rssPages }: ProcStat): boolean {
  return (pid === KTHREADD_PID || parentPid === KTHREADD_PID) && groupId === 0 && rssPages === 0;
}
