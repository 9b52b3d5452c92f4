import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { descriptors } from '../../base/descriptors.ts';
import type { Libc } from '../../base/libc.ts';
import { MachineClock } from './machine-clock.ts';
import { createProcessClock, type ProcessClock } from './process-clock.ts';
import type { MonotonicNow } from './sampler.ts';

/** Descriptors that are kept for cgroups; the clocks of further programs are those of their processes. */
const MAX_KEPT = 256;
/** Free descriptors that are left to the rest of the engine. */
const LEFT_TO_OTHERS = 512;
/** The key of the cgroup of all programs: no program has an empty id. */
const ALL = '';
const FILE_BYTES = 64;
const PREFIX = 'usage_usec ';
const MICROSECONDS_PER_MS = 1_000;
const NANOSECONDS_PER_MS = 1e6;

/** The CPU time of a program so far. */
export interface TreeClock {
  readonly ms: number;
  /** Whether it includes processes that started or exited since the last sample. */
  readonly isWhole: boolean;
}

interface TreeClockSources {
  /** Null if system calls are not available. */
  readonly libc: Libc | null;
  readonly folders: CgroupFolders;
  readonly now: MonotonicNow;
  /** Returns the known processes of a program. */
  readonly pidsOf: (id: string) => Iterable<number>;
}

/** The cgroups of an instance; null where a program, or the instance, has none. */
export interface CgroupFolders {
  readonly all: string | null;
  readonly of: (id: string) => string | null;
}

/**
 * Reads CPU time in microseconds: from `cpu.stat` of a cgroup, which the kernel keeps for every cgroup, or from the
 * clocks of the known processes of a program.
 */
export class TreeClocks {
  /** Null if system calls are not available. */
  readonly #clock: ProcessClock | null;
  readonly #folders: CgroupFolders;
  readonly #pidsOf: (id: string) => Iterable<number>;
  readonly #machine: MachineClock;
  readonly #kept = new Map<string, number>();
  readonly #bytes = Buffer.alloc(FILE_BYTES);
  /** Whether the cgroup of the instance contains every program. */
  #isCovered = false;

  constructor({ libc, folders, now, pidsOf }: TreeClockSources) {
    this.#clock = libc === null ? null : createProcessClock(libc);
    this.#folders = folders;
    this.#pidsOf = pidsOf;
    this.#machine = new MachineClock(now);
  }

  /** Returns the CPU time of all programs in ms; where a program has no cgroup, that of the machine. Null if it is unknown. */
  readAll(): number | null {
    const { all } = this.#folders;
    return all !== null && this.#isCovered ? this.#readFolder(ALL, all) : this.#machine.read();
  }

  /** Returns null if the platform has no such clock, or the program has exited. */
  read(id: string): TreeClock | null {
    const folder = this.#folders.of(id);
    const ms = folder === null ? null : this.#readFolder(id, folder);
    if (ms !== null) return { ms, isWhole: true };
    return this.#readProcesses(this.#pidsOf(id));
  }

  /** Names the programs whose clocks are read, and closes the files of others. */
  keep(ids: readonly string[]): void {
    const { all, of } = this.#folders;
    this.#isCovered = all !== null && ids.every((id) => of(id)?.startsWith(`${all}/`));
    const wanted = new Set(ids);
    for (const id of this.#kept.keys()) if (id !== ALL && !wanted.has(id)) this.#release(id);
  }

  close(): void {
    for (const id of [...this.#kept.keys()]) this.#release(id);
    this.#machine.close();
  }

  #release(id: string): void {
    const fd = this.#kept.get(id);
    this.#kept.delete(id);
    if (fd !== undefined) closeSync(fd);
  }

  #readProcesses(pids: Iterable<number>): TreeClock | null {
    if (this.#clock === null) return null;
    let sum = 0;
    let found = false;
    for (const pid of pids) {
      const nanoseconds = this.#clock(pid);
      if (nanoseconds === null) continue;
      sum += nanoseconds / NANOSECONDS_PER_MS;
      found = true;
    }
    return found ? { ms: sum, isWhole: false } : null;
  }

  #readFolder(id: string, folder: string): number | null {
    const fd = this.#kept.get(id) ?? this.#open(id, folder);
    if (fd === null) return null;
    try {
      return parseUsage(this.#bytes, readSync(fd, this.#bytes, 0, FILE_BYTES, 0));
    } catch {
      // The cgroup was removed; another one may exist by now.
      this.#release(id);
      return null;
    }
  }

  #open(id: string, folder: string): number | null {
    if (this.#kept.size >= MAX_KEPT || !descriptors.hasRoom(1, LEFT_TO_OTHERS)) return null;
    try {
      const fd = openSync(join(folder, 'cpu.stat'), 'r');
      descriptors.take(1);
      this.#kept.set(id, fd);
      return fd;
    } catch {
      return null;
    }
  }
}

/** Parses the first line of `cpu.stat`: "usage_usec 1234". */
function parseUsage(bytes: Buffer, length: number): number | null {
  const text = bytes.toString('latin1', 0, length);
  return text.startsWith(PREFIX) ? parseInt(text.slice(PREFIX.length), 10) / MICROSECONDS_PER_MS : null;
}
