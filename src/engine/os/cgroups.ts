import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { cgroupBase, type CgroupPlace, locateCgroup } from '../../base/cgroup-mount.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { OpenFiles } from './open-files.ts';
import { enableControllers } from './cgroup-controllers.ts';
import {
  killMembers,
  memoryBytes,
  moveTree,
  read,
  readMembers,
  removeTree,
  subfolders,
  tryWrite,
} from './cgroup-files.ts';

/** Limits that the kernel enforces in addition to the engine. */
export interface CgroupLimits {
  readonly memoryBytes: number | null;
  /** Processes and threads together. */
  readonly tasks: number | null;
}

/** The cgroups of an instance, or why they are not available. */
export type CgroupsResult = { readonly cgroups: Cgroups } | { readonly cgroups: null; readonly problem: string };

const NONE: CgroupLimits = { memoryBytes: null, tasks: null };
/** No controller has this name, so a program id cannot collide with a file of a controller. */
const PREFIX = 'program.';
const CHECK_PREFIX = 'check.';

/**
 * How long after a move into a cgroup the next move is cheap (0.1 ms). After that, the kernel first waits for all
 * processors, which takes 10 to 20 ms: see percpu_rw_semaphore and rcu_sync in its sources.
 */
const CHEAP_MS = 8;

/** Creates the cgroup of an instance in the hierarchy of this machine, or returns why that is not possible. */
export function openCgroups(name: string, env: NodeJS.ProcessEnv): CgroupsResult {
  if (process.platform !== 'linux') return { cgroups: null, problem: `not available on ${process.platform}` };
  if (env['HEALER_NO_CGROUP'] === '1') return { cgroups: null, problem: 'HEALER_NO_CGROUP=1 is set' };
  const place = readPlace();
  if (place === null) return { cgroups: null, problem: 'no writable cgroup v2 hierarchy is mounted' };
  const base = cgroupBase(place, process.geteuid?.() ?? 0);
  try {
    return { cgroups: new Cgroups(base, name, place.mountPoint) };
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    return { cgroups: null, problem: `the cgroup "${base}" is not delegated to this user (${code})` };
  }
}

function readPlace(): CgroupPlace | null {
  try {
    return locateCgroup(readFileSync('/proc/self/mountinfo', 'utf8'), readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return null;
  }
}

interface Waiting extends ProcessIdentity {
  readonly id: string;
}

/**
 * One cgroup for each program, kept across restarts. It contains all descendants of the program, even in other sessions,
 * and a single write kills them all. See cgroups(7) and the kernel's cgroup-v2.rst.
 */
export class Cgroups {
  /** The folder of the instance. */
  readonly folder: string;
  /** The controllers that are available. */
  readonly controllers: readonly string[];
  readonly #mountPoint: string;
  /** The folders in use by program id; those created by an earlier engine may be elsewhere. */
  readonly #folders = new Map<string, string>();
  readonly #limits = new Map<string, CgroupLimits>();
  readonly #events = new OpenFiles();
  #waiting: Waiting[] = [];
  #movedAt = -Infinity;

  /** @throws Error if a cgroup cannot be created in `base` */
  constructor(base: string, name: string, mountPoint: string = base) {
    this.folder = join(base, name);
    this.#mountPoint = mountPoint;
    mkdirSync(this.folder, { recursive: true });
    this.controllers = enableControllers(base, this.folder);
  }

  /** Returns whether the program has a cgroup of its own. */
  holds(id: string): boolean {
    return this.#folders.has(id);
  }

  /** Returns the cgroup of a program, or null if it has none. */
  folderOf(id: string): string | null {
    return this.#folders.get(id) ?? null;
  }

  /**
   * Moves a new process and its children into the cgroup of its program: at once while that is cheap, otherwise at the end of
   * the turn, after all starts of a burst.
   */
  place(id: string, pid: number, startTicks: number | null): void {
    if (this.#waiting.length === 0) process.nextTick(() => this.settle());
    this.#waiting.push({ id, pid, startTicks });
    if (performance.now() - this.#movedAt < CHEAP_MS) this.settle();
  }

  /** Moves all waiting processes. */
  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { id, pid, startTicks } of waiting) {
      // No child is reaped between this check and the write, so the pid cannot be reused.
      if (readProcStat(pid)?.startTicks !== startTicks) continue;
      try {
        moveTree(pid, this.#create(id));
        this.#movedAt = performance.now();
      } catch {
        // Without a cgroup, the processes of the program are found in the process table.
        this.#folders.delete(id);
      }
    }
  }

  /** Continues to use the cgroup of an adopted process if an earlier engine created it for this program. */
  adopt(id: string, pid: number): void {
    const path = pathOf(pid);
    const isOurs =
      path !== null && basename(path) === `${PREFIX}${id}` && basename(dirname(path)) === basename(this.folder);
    const folder = isOurs ? join(this.#mountPoint, path) : '';
    if (!isOurs || !existsSync(folder)) return;
    this.#use(id, folder, null);
  }

  /** Sets the limits of a program, which may not have a process yet. */
  limit(id: string, limits: CgroupLimits): void {
    const previous = this.#limits.get(id) ?? NONE;
    this.#limits.set(id, limits);
    const folder = this.#folders.get(id);
    if (folder !== undefined) applyLimits(folder, previous, limits);
  }

  /** Returns all processes of the program, including those in cgroups that the program created itself. */
  membersOf(id: string): number[] {
    const folder = this.#folders.get(id);
    return folder === undefined ? [] : readMembers(folder);
  }

  /** Returns whether the cgroup contains any process. */
  isPopulated(id: string): boolean {
    const folder = this.#folders.get(id);
    return folder !== undefined && this.#events.read(join(folder, 'cgroup.events')).includes('populated 1');
  }

  /**
   * Returns the anonymous and shared memory of the program in bytes, without cached files; null without the memory
   * controller, or if one of the processes is in another cgroup.
   */
  memoryOf(id: string, pids: ReadonlySet<number>): number | null {
    const folder = this.#folders.get(id);
    if (folder === undefined || !this.controllers.includes('memory')) return null;
    const bytes = memoryBytes(read(join(folder, 'memory.stat')));
    const members = new Set(bytes === null ? [] : readMembers(folder));
    return [...pids].every((pid) => members.has(pid)) ? bytes : null;
  }

  /** Kills all processes of the program at once. */
  kill(id: string): void {
    const folder = this.#folders.get(id);
    if (folder !== undefined) killMembers(folder);
  }

  /** Returns the file with which a process enters the cgroup for checks of a program, or null if there is none. */
  openCheck(id: string): string | null {
    const folder = this.#checkFolder(id);
    try {
      mkdirSync(folder, { recursive: true });
      return join(folder, 'cgroup.procs');
    } catch {
      return null;
    }
  }

  checkMembersOf(id: string): number[] {
    return readMembers(this.#checkFolder(id));
  }

  /** Kills all processes of a check at once. */
  killCheck(id: string): void {
    killMembers(this.#checkFolder(id));
  }

  /** Removes the cgroup of a check that is over, unless a process still uses it. */
  removeCheck(id: string): void {
    removeTree(this.#checkFolder(id));
  }

  /** Kills the processes of all checks, also those that an earlier engine started. */
  killChecks(): void {
    for (const folder of subfolders(this.folder)) if (basename(folder).startsWith(CHECK_PREFIX)) killMembers(folder);
  }

  /** Removes the cgroup of a removed program, unless a process still uses it. */
  forget(id: string): void {
    const folder = this.#folders.get(id) ?? join(this.folder, `${PREFIX}${id}`);
    this.#folders.delete(id);
    this.#limits.delete(id);
    this.#events.close(join(folder, 'cgroup.events'));
    removeTree(folder);
    removeTree(this.#checkFolder(id));
  }

  #checkFolder(id: string): string {
    return join(this.folder, `${CHECK_PREFIX}${id}`);
  }

  /** Removes all empty cgroups. After all programs have been stopped, none is left. */
  close(): void {
    for (const id of [...this.#folders.keys()]) this.forget(id);
    removeTree(this.folder);
  }

  #create(id: string): string {
    const folder = join(this.folder, `${PREFIX}${id}`);
    if (this.#folders.get(id) === folder) return folder;
    const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
    this.#use(id, folder, isNew ? NONE : null);
    return folder;
  }

  /** @param previous the limits in effect; null if unknown */
  #use(id: string, folder: string, previous: CgroupLimits | null): void {
    this.#folders.set(id, folder);
    applyLimits(folder, previous, this.#limits.get(id) ?? NONE);
  }
}

/** @param previous the limits in effect; null if unknown */
function applyLimits(folder: string, previous: CgroupLimits | null, { memoryBytes, tasks }: CgroupLimits): void {
  if (memoryBytes !== previous?.memoryBytes) {
    tryWrite(join(folder, 'memory.max'), memoryBytes ?? 'max');
    // On out-of-memory all processes are killed together, and the restart policy decides what happens next.
    tryWrite(join(folder, 'memory.oom.group'), memoryBytes === null ? 0 : 1);
  }
  if (tasks !== previous?.tasks) tryWrite(join(folder, 'pids.max'), tasks ?? 'max');
}

function pathOf(pid: number): string | null {
  return /^0::(.*)$/m.exec(read(`/proc/${String(pid)}/cgroup`))?.[1] ?? null;
}
