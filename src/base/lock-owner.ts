import { readFileSync } from 'node:fs';
import { isAlive } from './process-liveness.ts';
import { readProcStat } from './proc-stat.ts';

/** Who holds a lock, as its file names them. With the start time a pid that was given out again is told apart. */
export interface LockOwner {
  readonly pid: number;
  /** Null where the platform does not tell. */
  readonly startTicks: number | null;
}

/** As a lock's file is to name it. */
export function thisProcess(): LockOwner {
  return { pid: process.pid, startTicks: readProcStat(process.pid)?.startTicks ?? null };
}

/** Null when the file names nobody. */
export function readLockOwner(path: string): LockOwner | null {
  try {
    return ownerFrom(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function ownerFrom(value: unknown): LockOwner | null {
  if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null;
  const startTicks = 'startTicks' in value && typeof value.startTicks === 'number' ? value.startTicks : null;
  return { pid: value.pid, startTicks };
}

/** Whether the process that the owner names still runs, and is the same. */
export function isOwnerAlive({ pid, startTicks }: LockOwner): boolean {
  return isAlive(pid, startTicks);
}
