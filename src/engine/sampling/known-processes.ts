import { listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { assignOwner, type KnownProcess } from './known-process.ts';
import { NewPids } from './new-pids.ts';
import { StatFiles } from './stat-files.ts';

/** Processes outside of programs are read every 30 ticks, distributed over the ticks. */
const FAR_EVERY_TICKS = 30;

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
    const newcomers: KnownProcess[] = [];
    if (!this.#newPids.mayExist(nowMs)) {
      for (const known of this.#byPid.values()) this.#keepUp(known);
      return newcomers;
    }
    for (const pid of listPids()) {
      const known = this.#byPid.get(pid);
      const isRunning = known !== undefined && this.#keepUp(known);
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

  /** Reads a process again. Returns false and forgets it if it has exited. */
  reread(known: KnownProcess): boolean {
    const { pid } = known.stat;
    const stat = known.isNear ? this.#files.read(pid) : readProcStat(pid);
    if (stat?.startTicks === known.stat.startTicks) {
      known.stat = stat;
      return true;
    }
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
  }

  #keepUp(known: KnownProcess): boolean {
    known.seenInTick = this.#tick;
    return this.#isDue(known) ? this.reread(known) : true;
  }

  #isDue({ isNear, stat }: KnownProcess): boolean {
    if (isNear) return true;
    return stat.pid % FAR_EVERY_TICKS === this.#tick % FAR_EVERY_TICKS && !isKernelThread(stat);
  }

  #forgetUnlisted(): void {
    for (const known of this.#byPid.values()) {
      if (known.seenInTick !== this.#tick) this.#forget(known);
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
