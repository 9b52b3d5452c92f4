import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { isGone, parseProcStat, type ProcStat, readProcStat, STAT_BUFFER_BYTES } from '../../base/proc-stat.ts';
import type { ProcessClock } from './process-clock.ts';

const MAX_KEPT = 8192;
/** Leaves the first descriptors, and three quarters of the others, to the rest of the engine (pipes, sockets, log files). */
const LEFT_TO_OTHERS = 512;
const SHARE_OF_REST = 0.25;
/** A process that does not run is read every fifth time nevertheless. */
const MOST_OMITTED = 4;

/** An open stat file, with what it contained the last time. */
interface OpenFile {
  readonly fd: number;
  text: Buffer;
  length: number;
  stat: ProcStat | null;
  /** Its CPU clock just before it was read; null if that is unknown. */
  clockNs: number | null;
  /** How many readings were omitted since then. */
  omitted: number;
}

/** Longer than most stat lines. */
const USUAL_BYTES = 384;

/**
 * Reads stat files through descriptors that stay open, at a fifth of the cost of opening them every time. A descriptor
 * refers to one process, so reuse of a pid is detected. As long as a process does nothing, its file does not change, and the
 * result is the same object as before. Where its CPU clock shows that it has not run, the file need not be read.
 */
export class StatFiles {
  readonly #kept = new Map<number, OpenFile>();
  readonly #buffer = Buffer.allocUnsafe(STAT_BUFFER_BYTES);
  readonly #clock: ProcessClock | null;
  #maxKept: number;

  /**
   * @param maxKept number of descriptors; further files are opened and closed every time
   * @param clock a precise clock; null if there is none
   */
  constructor(maxKept: number = descriptorBudget(), clock: ProcessClock | null = null) {
    this.#maxKept = maxKept;
    this.#clock = clock;
  }

  get keptCount(): number {
    return this.#kept.size;
  }

  /**
   * Returns null if the process has exited.
   * @param mayOmit whether the last content is returned if the process has not run since
   * @throws Error if no descriptor is available, even after closing all kept ones
   */
  read(pid: number, mayOmit = false): ProcStat | null {
    const kept = this.#kept.get(pid);
    if (kept !== undefined) {
      const stat = this.#readKept(pid, kept, mayOmit);
      if (stat !== null) return stat;
      this.forget(pid);
    }
    const fd = this.#kept.size < this.#maxKept ? this.#tryOpen(pid) : null;
    if (fd === null) return readProcStat(pid);
    // Files that were opened together are read in different ticks.
    const omitted = pid % MOST_OMITTED;
    const file = { fd, text: Buffer.allocUnsafe(USUAL_BYTES), length: 0, stat: null, clockNs: null, omitted };
    this.#kept.set(pid, file);
    return this.#readOpen(file);
  }

  forget(pid: number): void {
    const file = this.#kept.get(pid);
    if (file === undefined) return;
    this.#kept.delete(pid);
    closeSync(file.fd);
  }

  close(): void {
    for (const pid of [...this.#kept.keys()]) this.forget(pid);
  }

  /** The clock is read before the file, so that a process that runs in between is read again. */
  #readKept(pid: number, file: OpenFile, mayOmit: boolean): ProcStat | null {
    const clockNs = mayOmit && this.#clock !== null ? this.#clock(pid) : null;
    const isSame = clockNs !== null && clockNs === file.clockNs;
    if (isSame && file.omitted < MOST_OMITTED) {
      file.omitted++;
      return file.stat;
    }
    if (file.clockNs !== null) file.omitted = 0;
    file.clockNs = clockNs;
    return this.#readOpen(file);
  }

  #readOpen(file: OpenFile): ProcStat | null {
    const bytes = this.#buffer;
    try {
      const length = readSync(file.fd, bytes, 0, STAT_BUFFER_BYTES, 0);
      if (length === file.length && bytes.compare(file.text, 0, length, 0, length) === 0) return file.stat;
      if (length > file.text.length) file.text = Buffer.allocUnsafe(length);
      bytes.copy(file.text, 0, 0, length);
      file.length = length;
      file.stat = parseProcStat(bytes, length);
      return file.stat;
    } catch (error) {
      if (isGone(error)) return null;
      throw error;
    }
  }

  #tryOpen(pid: number): number | null {
    try {
      return openSync(`/proc/${String(pid)}/stat`, 'r');
    } catch (error) {
      if (!isGone(error)) this.#releaseDescriptors();
      return null;
    }
  }

  /** Closes all descriptors and halves their maximum, since the engine has run out of descriptors. */
  #releaseDescriptors(): void {
    this.#maxKept = Math.floor(this.#kept.size / 2);
    this.close();
  }
}

/** Returns how many descriptors the sampler may keep open within the limit of this process. */
function descriptorBudget(): number {
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
  if (soft === undefined) return MAX_KEPT;
  return Math.min(MAX_KEPT, Math.floor(Math.max(0, Number(soft) - LEFT_TO_OTHERS) * SHARE_OF_REST));
}
