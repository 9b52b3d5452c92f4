import { ownUid } from '../../base/own-user.ts';
import { instanceNameOf, MARK_VARIABLE } from '../../config/instance/instance-name.ts';
import type { ProcStat } from '../../base/proc-stat.ts';
import { isOfRootAlone, MarkSignatures } from './mark-signatures.ts';
import { createOwnerCache } from './owner-cache.ts';
import { readEnvironmentVariable } from './process-table.ts';

/** The environment variable with the id of the program. */
export const ID_VARIABLE = 'HEALER_ID';

const CHECK = 'check';
const LEAVE = 'leave';
const SERIAL = new RegExp(`^(${CHECK}|${LEAVE})?(\\d{1,15})$`);

/** The run or health check that a marked process was started for. */
export interface MarkOwner {
  readonly id: string;
  readonly kind: 'run' | 'check';
  readonly number: number;
  /** Whether the run was started with `leftovers: leave`, which applies although its definition may be gone. */
  readonly leaves?: true;
}

/** Returns whether a run has left its processes running on purpose, so that they belong to no program any more. */
export type IsReleased = (id: string, runNumber: number) => boolean;

/** Creates and reads marks. A mark names the instance, so that instances do not mistake each other's processes. */
export interface RunMarks {
  readonly markOf: (id: string, runNumber: number, leaves?: boolean) => string;
  /** Returns the mark for the processes of a health check, which belong to no run. */
  readonly checkMarkOf: (id: string, probeNumber: number) => string;
  /** Returns the owner of a process by its mark; null without a mark of this instance, or if the mark may be forged. */
  readonly ownerOfPid: (pid: number) => MarkOwner | null;
  /** Returns the same, but reads the mark only once for each process. */
  readonly ownerOfProcess: (stat: Pick<ProcStat, 'pid' | 'startTicks'>) => MarkOwner | null;
}

/** Returns a function that maps a pid to its program by the mark; null for health checks and unmarked processes. */
export function createOwnerIdOf({ ownerOfPid }: RunMarks): (pid: number) => string | null {
  return (pid) => {
    const owner = ownerOfPid(pid);
    return owner?.kind === 'run' ? owner.id : null;
  };
}

/**
 * Creates the marks of the instance with this state folder: `INSTANCE:ID:RUN`, or `INSTANCE:ID:leaveRUN`. Those of root also have a signature, because
 * root sees the processes of other users, who can write any mark into their environment.
 */
export function createRunMarks(stateDir: string, isReleased: IsReleased = () => false): RunMarks {
  const instance = instanceNameOf(stateDir);
  const signatures = ownUid() === 0 ? new MarkSignatures(stateDir) : null;
  const sign = (mark: string): string => (signatures === null ? mark : `${mark}:${signatures.of(mark)}`);
  const ownerOfPid = (pid: number): MarkOwner | null => {
    const mark = readEnvironmentVariable(pid, MARK_VARIABLE);
    const owner = mark === null ? null : parseMark(mark, instance);
    if (owner === null || mark === null) return null;
    return signatures === null || isOfRootAlone(pid) || signatures.isSigned(mark) ? owner : null;
  };
  const unlessReleased = (owner: MarkOwner | null): MarkOwner | null =>
    owner?.kind === 'run' && isReleased(owner.id, owner.number) ? null : owner;
  const cached = createOwnerCache(ownerOfPid);
  return {
    ownerOfPid: (pid) => unlessReleased(ownerOfPid(pid)),
    ownerOfProcess: (stat) => unlessReleased(cached(stat)),
    markOf: (id, runNumber, leaves = false) => sign(`${instance}:${id}:${leaves ? LEAVE : ''}${String(runNumber)}`),
    checkMarkOf: (id, probeNumber) => sign(`${instance}:${id}:${CHECK}${String(probeNumber)}`),
  };
}

/** Returns null for a mark of another instance, and for one without a number. */
function parseMark(mark: string, instance: string): MarkOwner | null {
  const [found, id = '', serial = ''] = mark.split(':');
  const [, prefix, digits] = SERIAL.exec(serial) ?? [];
  if (found !== instance || digits === undefined) return null;
  const owner = { id, number: Number(digits) };
  if (prefix === CHECK) return { ...owner, kind: 'check' };
  return { ...owner, kind: 'run', ...(prefix === LEAVE && { leaves: true }) };
}
