import { createHash } from 'node:crypto';
import type { ProcStat } from '../../base/proc-stat.ts';
import { createOwnerCache } from './owner-cache.ts';
import { readEnvironmentVariable } from './process-table.ts';

/** The variable by which a process can be told to belong to a run, wherever it went (SPEC section 4). */
export const MARK_VARIABLE = 'HEALER_MARK';
export const ID_VARIABLE = 'HEALER_ID';

const CHECK = 'check';

/** What a marked process was started for. */
export interface MarkOwner {
  readonly id: string;
  readonly kind: 'run' | 'check';
  readonly number: number;
}

/** Names runs in the environment of their processes, so that no other instance's can be mistaken for them. */
export interface RunMarks {
  readonly markOf: (id: string, runNumber: number) => string;
  /** Of the processes of a health check, which belong to no run of their program. */
  readonly checkMarkOf: (id: string, probeNumber: number) => string;
  /** The run number when the mark is one of this instance's program, else null. */
  readonly runNumberOf: (id: string, mark: string) => number | null;
  /** Whose process carries the mark; null when it is none of this instance's. */
  readonly ownerOf: (mark: string) => MarkOwner | null;
  /** Returns whose a process is by the mark in its environment, which is read once a process. */
  readonly ownerOfProcess: (stat: Pick<ProcStat, 'pid' | 'startTicks'>) => MarkOwner | null;
}

/** Tells of a process which program's run it belongs to, by its mark; null for those of health checks and strangers. */
export function createOwnerIdOf(marks: RunMarks): (pid: number) => string | null {
  return (pid) => {
    const mark = readEnvironmentVariable(pid, MARK_VARIABLE);
    const owner = mark === null ? null : marks.ownerOf(mark);
    return owner?.kind === 'run' ? owner.id : null;
  };
}

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

/** The cgroup of an instance: the next engine of the same state finds it again. */
export function cgroupNameOf(stateDir: string): string {
  return `healer-${nameOwner(stateDir)}`;
}

function nameOwner(stateDir: string): string {
  return createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
}
