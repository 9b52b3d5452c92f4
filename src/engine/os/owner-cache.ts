import { uptime } from 'node:os';
import { CLOCK_TICKS_PER_SECOND, type ProcStat } from '../../base/proc-stat.ts';

/** Until this age a process may still be between fork and exec, with the environment of its parent. */
const SETTLED_MS = 1_000;
const MS_PER_TICK = 1000 / CLOCK_TICKS_PER_SECOND;

interface Known<Owner> {
  readonly startTicks: number;
  readonly owner: Owner | null;
}

/**
 * Remembers the owners of processes, so that ending a thousand programs does not read the environment of every process a
 * thousand times. A pid that was given to another process is read again.
 */
export function createOwnerCache<Owner>(
  readOwner: (pid: number) => Owner | null,
): (stat: Pick<ProcStat, 'pid' | 'startTicks'>) => Owner | null {
  const known = new Map<number, Known<Owner>>();
  return ({ pid, startTicks }) => {
    const entry = known.get(pid);
    if (entry?.startTicks === startTicks) return entry.owner;
    const owner = readOwner(pid);
    const isSettled = owner !== null || uptime() * 1000 - startTicks * MS_PER_TICK > SETTLED_MS;
    if (isSettled) known.set(pid, { startTicks, owner });
    else known.delete(pid);
    return owner;
  };
}
