import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { isGone, parseProcStat, type ProcStat, readProcStat, STAT_BUFFER_BYTES } from '../../base/proc-stat.ts';

const MAX_KEPT = 8192;
/** Leaves the first descriptors, and three quarters of the others, to the rest of the engine (pipes, sockets, log files). */
const LEFT_TO_OTHERS = 512;
const SHARE_OF_REST = 0.25;

/** An open stat file, with what it contained the last time. */
interface OpenFile {
  readonly fd: number;
  text: Buffer;
  length: number;
  stat: ProcStat | null;
}

/** Longer than most stat lines. */
const USUAL_BYTES = 384;

/**
 * Reads stat files through descriptors that stay open, at a fifth of the cost of opening them every time. A descriptor
 * refers to one process, so reuse of a pid is detected. As long as a process does nothing, its file does not change, and the
 * result is the same object as before.
 */
export class StatFiles {
  readonly #kept = new Map<number, OpenFile>();
  readonly #buffer = Buffer.allocUnsafe(STAT_BUFFER_BYTES);
  #maxKept: number;

  /** @param maxKept number of descriptors; further files are opened and closed every time */
  constructor(maxKept: number = descriptorBudget()) {
    this.#maxKept = maxKept;
  }

  get keptCount(): number {
    return this.#kept.size;
  }

  /** Returns null if the process has exited. @throws Error if no descriptor is available, even after closing all kept ones */
  read(pid: number): ProcStat | null {
    const kept = this.#kept.get(pid);
    if (kept !== undefined) {
      const stat = this.#readOpen(kept);
      if (stat !== null) return stat;
      this.forget(pid);
    }
    const fd = this.#kept.size < this.#maxKept ? this.#tryOpen(pid) : null;
    if (fd === null) return readProcStat(pid);
    const file = { fd, text: Buffer.allocUnsafe(USUAL_BYTES), length: 0, stat: null };
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
