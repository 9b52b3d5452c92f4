import { resolve } from 'node:path';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { MainLookup, ProgramRun } from '../core/ports.ts';
import { readPidFile } from '../os/pid-file.ts';

/** What the search knows about processes. */
export interface MainFinderPorts {
  /** Returns the living processes of a run. */
  readonly membersOf: (target: ProgramRun) => readonly ProcStat[];
  /** Returns whether a process may belong to the program although its environment names none: it was re-parented to the engine. */
  readonly isOrphanOf: (stat: ProcStat, id: string) => boolean;
}

/**
 * Finds the main process of a program that moved itself to the background. A pid file is trusted only if it names a process of
 * this run, so that neither an outdated file nor a manipulated one makes the engine signal another process.
 */
export function findMain(target: ProgramRun, { pidFile, cwd }: ProcessSpec, ports: MainFinderPorts): MainLookup {
  const { run, id } = target;
  const members = ports.membersOf(target).filter((stat) => stat.pid !== run.pid && isSince(stat, run.startTicks));
  if (pidFile !== null) {
    const path = resolve(cwd ?? process.cwd(), pidFile);
    const pid = readPidFile(path);
    const stat = pid === null ? null : readProcStat(pid);
    const isMember = members.some((member) => member.pid === pid);
    const isOurs = stat !== null && !isDead(stat) && isSince(stat, run.startTicks);
    if (isOurs && (isMember || ports.isOrphanOf(stat, id)))
      return { kind: 'certain', main: { ...identityOf(stat), source: `in "${path}"` } };
    const problem =
      pid === null
        ? `"${path}" contains no pid`
        : `"${path}" names pid ${String(pid)}, which does not belong to this run`;
    return members.length === 0 ? { kind: 'none', problem, awaitsFile: true } : { kind: 'unclear', problem };
  }
  const pids = new Set(members.map(({ pid }) => pid));
  const [root, ...others] = members.filter(({ parentPid }) => !pids.has(parentPid));
  if (root === undefined) return { kind: 'none', problem: 'it left no process in the background', awaitsFile: false };
  if (others.length === 0)
    return { kind: 'likely', main: { ...identityOf(root), source: 'as the only one that remains' } };
  const remaining = [root, ...others].map(({ pid }) => pid).join(', ');
  return { kind: 'unclear', problem: `several of its processes remain (pids ${remaining}); set pidFile` };
}

function isSince({ startTicks }: ProcStat, since: number | null): boolean {
  return since === null || startTicks >= since;
}

function identityOf({ pid, startTicks }: ProcStat): { readonly pid: number; readonly startTicks: number } {
  return { pid, startTicks };
}
