import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from './process-identity.ts';
import { isAlive } from './process-liveness.ts';
import { readProcStat } from './proc-stat.ts';

/** Returns the identity of this process, as lock files contain it. */
export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, startTicks: readProcStat(process.pid)?.startTicks ?? null };
}

/** Returns the owner that a lock file names; null if there is none. */
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

/** Returns whether the owner of a lock is still running. */
export function isOwnerAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return isAlive(pid, startTicks);
}
