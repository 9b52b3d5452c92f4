import { statSync } from 'node:fs';
import { uptime } from 'node:os';
import { CLOCK_TICKS_PER_SECOND, isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { Observer, Zombie } from '../../policy/zombies.ts';
import type { ProcessTable } from './process-table.ts';

/**
 * Returns all zombies of the machine, oldest first.
 * @param programOf returns the program whose main process has this pid
 */
export function findZombies(table: ProcessTable, programOf: (pid: number) => string | null): readonly Zombie[] {
  const zombies = [...table.all()].filter(isDead);
  return zombies.sort((a, b) => a.startTicks - b.startTicks).map((stat) => describe(stat, table, programOf));
}

/** Returns whether a zombie has not been reaped yet. */
export function isStillZombie({ pid, startTicks }: Pick<Zombie, 'pid' | 'startTicks'>): boolean {
  const stat = readProcStat(pid);
  return stat?.startTicks === startTicks && isDead(stat);
}

/** Only kernel threads have neither a process group nor memory. */
export function isKernelThread({ groupId, rssPages }: ProcStat): boolean {
  return groupId === 0 && rssPages === 0;
}

/** Returns the engine with its ancestors. */
export function describeObserver(table: ProcessTable): Observer {
  const ancestors = new Set(climb(process.ppid, table).map(({ pid }) => pid));
  return { pid: process.pid, uid: process.geteuid?.() ?? 0, ancestors };
}

function describe(stat: ProcStat, table: ProcessTable, programOf: (pid: number) => string | null): Zombie {
  const { pid, startTicks, name, parentPid } = stat;
  const parent = table.get(parentPid);
  const above = climb(parentPid, table);
  return {
    pid,
    startTicks,
    name,
    parentPid,
    parentName: parent?.name ?? '',
    parentUid: ownerOf(parentPid),
    isParentKernelThread: parent !== undefined && isKernelThread(parent),
    ageMs: Math.max(0, Math.round((uptime() - startTicks / CLOCK_TICKS_PER_SECOND) * 1000)),
    program: above.map(({ pid: each }) => programOf(each)).find((id) => id !== null) ?? null,
  };
}

/** Returns a process and its ancestors. A pid that was reused while the table was read may cause a cycle. */
function climb(pid: number, table: ProcessTable): readonly ProcStat[] {
  const path = new Set<ProcStat>();
  for (let at = table.get(pid); at !== undefined && !path.has(at); at = table.get(at.parentPid)) path.add(at);
  return [...path];
}

function ownerOf(pid: number): number | null {
  try {
    return statSync(`/proc/${String(pid)}`).uid;
  } catch {
    return null;
  }
}
