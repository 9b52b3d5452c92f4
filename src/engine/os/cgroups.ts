import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { ProcessIdentity } from '../../base/process-identity.ts';
import { cgroupBase, type CgroupPlace, locateCgroup } from '../../base/cgroup-mount.ts';
import { readProcStat } from '../../base/proc-stat.ts';
import { enableControllers } from './cgroup-controllers.ts';
import { sendTo } from './send-signal.ts';

/** What the kernel is to allow at most; it acts when the engine did not. */
export interface CgroupLimits {
  readonly memoryBytes: number | null;
  /** Processes and threads together. */
  readonly tasks: number | null;
}

export type CgroupsResult = { readonly cgroups: Cgroups } | { readonly cgroups: null; readonly problem: string };

const NONE: CgroupLimits = { memoryBytes: null, tasks: null };
/** No controller has this name, so that no program's name can be that of one of its files. */
const PREFIX = 'program.';
const KILL_ROUNDS = 5;

/**
 * How long after a move into a cgroup the next one is cheap (0.1 ms). Later the kernel waits for all its processors
 * first, 10 to 20 ms: see percpu_rw_semaphore and rcu_sync in its sources.
 */
const CHEAP_MS = 8;

/** Finds the hierarchy of this machine and makes the instance's cgroup in it. */
export function openCgroups(name: string, env: NodeJS.ProcessEnv): CgroupsResult {
  if (process.platform !== 'linux') return { cgroups: null, problem: `there are none on ${process.platform}` };
  if (env['HEALER_NO_CGROUP'] === '1') return { cgroups: null, problem: 'HEALER_NO_CGROUP=1 is set' };
  const place = readPlace();
  if (place === null) return { cgroups: null, problem: 'no cgroup v2 hierarchy is mounted for writing' };
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
 * A cgroup for each program, kept over its restarts. Whatever a program forks is in it, however often it forks and
 * whatever session it goes to, and all of it is killed by one write. See cgroups(7) and the kernel's cgroup-v2.rst.
 */
export class Cgroups {
  /** Of the instance. */
  readonly folder: string;
  /** What the kernel can limit here. */
  readonly controllers: readonly string[];
  readonly #mountPoint: string;
  /** Folders of programs that are in use; those of an earlier engine may be elsewhere. */
  readonly #folders = new Map<string, string>();
  readonly #limits = new Map<string, CgroupLimits>();
  #waiting: Waiting[] = [];
  #movedAt = -Infinity;

  /** @throws Error where no cgroup can be made below `base` */
  constructor(base: string, name: string, mountPoint: string = base) {
    this.folder = join(base, name);
    this.#mountPoint = mountPoint;
    mkdirSync(this.folder, { recursive: true });
    this.controllers = enableControllers(base, this.folder);
  }

  /** Whether the program's processes are in a cgroup of its own. */
  holds(id: string): boolean {
    return this.#folders.has(id);
  }

  /**
   * Puts a new process there at once while that is cheap, else at the end of the turn, behind the starts of a burst. What
   * was forked until then follows.
   */
  place(id: string, pid: number, startTicks: number | null): void {
    if (this.#waiting.length === 0) process.nextTick(() => this.settle());
    this.#waiting.push({ id, pid, startTicks });
    if (performance.now() - this.#movedAt < CHEAP_MS) this.settle();
  }

  /** Puts all there that wait for it. */
  settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { id, pid, startTicks } of waiting) {
      // Nobody reaps a child of ours between this look and the write, so its pid cannot pass to another.
      if (readProcStat(pid)?.startTicks !== startTicks) continue;
      try {
        moveTree(pid, this.#make(id));
        this.#movedAt = performance.now();
      } catch {
        // Its tree is found process by process, as where there are no cgroups.
        this.#folders.delete(id);
      }
    }
  }

  /** Goes on with the cgroup in which an earlier engine put the process; elsewhere it is left where it is. */
  adopt(id: string, pid: number): void {
    const path = pathOf(pid);
    const isOurs =
      path !== null && basename(path) === `${PREFIX}${id}` && basename(dirname(path)) === basename(this.folder);
    const folder = isOurs ? join(this.#mountPoint, path) : '';
    if (!isOurs || !existsSync(folder)) return;
    this.#use(id, folder, null);
  }

  /** Says what the kernel allows the program from now on, also where it has no process yet. */
  limit(id: string, limits: CgroupLimits): void {
    const before = this.#limits.get(id) ?? NONE;
    this.#limits.set(id, limits);
    const folder = this.#folders.get(id);
    if (folder !== undefined) applyLimits(folder, before, limits);
  }

  /** Every living process of the program, those included that it put into cgroups of its own. */
  membersOf(id: string): number[] {
    const folder = this.#folders.get(id);
    return folder === undefined ? [] : readMembers(folder);
  }

  isPopulated(id: string): boolean {
    const folder = this.#folders.get(id);
    return folder !== undefined && read(join(folder, 'cgroup.events')).includes('populated 1');
  }

  /** SIGKILL to all of it at once. */
  kill(id: string): void {
    const folder = this.#folders.get(id);
    if (folder === undefined || tryWrite(join(folder, 'cgroup.kill'), 1)) return;
    // Before Linux 5.14: what is frozen does not fork, and can be killed.
    tryWrite(join(folder, 'cgroup.freeze'), 1);
    for (let round = 0; round < KILL_ROUNDS; round++) {
      const members = readMembers(folder);
      if (members.length === 0) break;
      for (const pid of members) sendTo(pid, 'SIGKILL');
    }
    tryWrite(join(folder, 'cgroup.freeze'), 0);
  }

  /** The program is no more. What still lives in its cgroup keeps it. */
  forget(id: string): void {
    const folder = this.#folders.get(id) ?? join(this.folder, `${PREFIX}${id}`);
    this.#folders.delete(id);
    this.#limits.delete(id);
    removeTree(folder);
  }

  /** Removes what is empty: all, when the programs have been stopped. */
  close(): void {
    for (const id of [...this.#folders.keys()]) this.forget(id);
    removeTree(this.folder);
  }

  #make(id: string): string {
    const folder = join(this.folder, `${PREFIX}${id}`);
    if (this.#folders.get(id) === folder) return folder;
    const isNew = mkdirSync(folder, { recursive: true }) !== undefined;
    this.#use(id, folder, isNew ? NONE : null);
    return folder;
  }

  /** @param before what the kernel allows it now; null when nobody knows */
  #use(id: string, folder: string, before: CgroupLimits | null): void {
    this.#folders.set(id, folder);
    applyLimits(folder, before, this.#limits.get(id) ?? NONE);
  }
}

/** @param before what is in force; null when nobody knows */
function applyLimits(folder: string, before: CgroupLimits | null, { memoryBytes, tasks }: CgroupLimits): void {
  if (memoryBytes !== before?.memoryBytes) {
    tryWrite(join(folder, 'memory.max'), memoryBytes ?? 'max');
    // One of its processes without the others is of no use: they end together, and the restart policy decides.
    tryWrite(join(folder, 'memory.oom.group'), memoryBytes === null ? 0 : 1);
  }
  if (tasks !== before?.tasks) tryWrite(join(folder, 'pids.max'), tasks ?? 'max');
}

/** Children that were forked before the move are moved after it, and no others: a bomb has thousands by then. */
function moveTree(pid: number, folder: string): void {
  writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  const children = childrenOf(pid);
  if (children.length === 0) return;
  const members = new Set(readMembers(folder));
  for (const child of children) if (!members.has(child)) moveTree(child, folder);
}

function childrenOf(pid: number): number[] {
  return read(`/proc/${String(pid)}/task/${String(pid)}/children`)
    .split(' ')
    .filter(Boolean)
    .map(Number);
}

function readMembers(folder: string): number[] {
  const own = read(join(folder, 'cgroup.procs')).split('\n').filter(Boolean).map(Number);
  return [...own, ...subfolders(folder).flatMap(readMembers)];
}

function subfolders(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}

/** Depth first; a cgroup in which something lives stays, with those above it. */
function removeTree(folder: string): void {
  for (const each of subfolders(folder)) removeTree(each);
  try {
    rmdirSync(folder);
  } catch {
    // It is in use, or gone.
  }
}

function pathOf(pid: number): string | null {
  return /^0::(.*)$/m.exec(read(`/proc/${String(pid)}/cgroup`))?.[1] ?? null;
}

/** Empty when there is no such file. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** A file that does not exist is not made: the kernel does not offer what it is for. */
function tryWrite(path: string, value: string | number): boolean {
  try {
    writeFileSync(path, String(value), { flag: 'r+' });
    return true;
  } catch {
    return false;
  }
}
