import { createHash } from 'node:crypto';
import type { ProcStat } from '../../base/proc-stat.ts';
import { createOwnerCache } from './owner-cache.ts';
import { readEnvironmentVariable } from './process-table.ts';

/** The environment variable that identifies the processes of a run, even after they left its group (docs/containment.md). */
export const MARK_VARIABLE = 'HEALER_MARK';
/** The environment variable with the id of the program. */
export const ID_VARIABLE = 'HEALER_ID';

const CHECK = 'check';

/** The run or health check that a marked process was started for. */
export interface MarkOwner {
  readonly id: string;
  readonly kind: 'run' | 'check';
  readonly number: number;
}

/** Creates and reads marks. A mark names the instance, so that instances do not mistake each other's processes. */
export interface RunMarks {
  readonly markOf: (id: string, runNumber: number) => string;
  /** Returns the mark for the processes of a health check, which belong to no run. */
  readonly checkMarkOf: (id: string, probeNumber: number) => string;
  /** Returns the run number of a mark of this program and instance, or null for any other mark. */
  readonly runNumberOf: (id: string, mark: string) => number | null;
  /** Returns the owner of a mark, or null for a mark of another instance. */
  readonly ownerOf: (mark: string) => MarkOwner | null;
  /** Returns the owner of a process by its mark, which is read once for each process. */
  readonly ownerOfProcess: (stat: Pick<ProcStat, 'pid' | 'startTicks'>) => MarkOwner | null;
}

/** Returns a function that maps a pid to its program by the mark; null for health checks and unmarked processes. */
export function createOwnerIdOf(marks: RunMarks): (pid: number) => string | null {
  return (pid) => {
    const mark = readEnvironmentVariable(pid, MARK_VARIABLE);
    const owner = mark === null ? null : marks.ownerOf(mark);
    return owner?.kind === 'run' ? owner.id : null;
  };
}

/** Creates the marks of the instance with this state folder. */
export function createRunMarks(stateDir: string): RunMarks {
  const owner = nameOwner(stateDir);
  const ownerOf: RunMarks['ownerOf'] = (mark) => {
    const [instance, id = '', serial = ''] = mark.split(':');
    if (instance !== owner) return null;
    const isCheck = serial.startsWith(CHECK);
    const number = Number(isCheck ? serial.slice(CHECK.length) : serial);
    return { id, kind: isCheck ? 'check' : 'run', number };
  };
  return {
    ownerOf,
    ownerOfProcess: createOwnerCache((pid) => {
      const mark = readEnvironmentVariable(pid, MARK_VARIABLE);
      return mark === null ? null : ownerOf(mark);
    }),
    markOf: (id, runNumber) => `${owner}:${id}:${String(runNumber)}`,
    checkMarkOf: (id, probeNumber) => `${owner}:${id}:${CHECK}${String(probeNumber)}`,
    runNumberOf: (id, mark) => {
      const prefix = `${owner}:${id}:`;
      const runNumber = mark.startsWith(prefix) ? Number(mark.slice(prefix.length)) : NaN;
      return Number.isInteger(runNumber) ? runNumber : null;
    },
  };
}

/** Returns the name of the cgroup of an instance. It depends only on the state folder, so the next engine finds it again. */
export function cgroupNameOf(stateDir: string): string {
  return `healer-${nameOwner(stateDir)}`;
}

function nameOwner(stateDir: string): string {
  return createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
}
