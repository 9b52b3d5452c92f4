import { readFileSync } from 'node:fs';
import { replaceFile } from '../../../base/atomic-file.ts';
import type { ProcessIdentity } from '../../../base/process-identity.ts';
import { isStillAlive, readProcStat } from '../../../base/proc-stat.ts';

/** Records this process as the owner. @throws the error of the failed system call */
export function writeOwner(path: string): void {
  const startTicks = readProcStat(process.pid)?.startTicks ?? null;
  replaceFile(path, `${JSON.stringify({ pid: process.pid, startTicks })}\n`);
}

/** Returns whether the recorded owner is another process that is still running. */
export function hasOtherOwner(path: string): boolean {
  const owner = readOwner(path);
  // Without a start time, a pid does not identify a process, so the owner counts as gone.
  if (typeof owner?.startTicks !== 'number' || owner.pid === process.pid) return false;
  return isStillAlive({ pid: owner.pid, startTicks: owner.startTicks });
}

function readOwner(path: string): ProcessIdentity | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch {
    return null;
  }
}
