import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from './process-identity.ts';
import { isAlive } from './process-liveness.ts';
import { readProcStat } from './proc-stat.ts';

/** As a lock's file is to name it. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startTicks: readProcStat(process.pid)?.startTicks ?? null };
}

/** Null when the file names nobody. */
export function readLockOwner(path: string): ProcessIdentity | null {
  try {
    return ownerFrom(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

function ownerFrom(value: unknown): ProcessIdentity | null {
  if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null;
  const startTicks = 'startTicks' in value && typeof value.startTicks === 'number' ? value.startTicks : null;
  return { pid: value.pid, startTicks };
}

/** Whether the process that the owner names still runs, and is the same. */
export function isOwnerAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return isAlive(pid, startTicks);
}
