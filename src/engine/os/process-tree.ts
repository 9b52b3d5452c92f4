import { hasStartTime } from '../../base/process-identity.ts';
import type { Cgroups } from './cgroups.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { type ProcessTable, readEnvironmentVariable, readOwnChildren, type ReadProcessTable } from './process-table.ts';
import { UnmanagedTrees } from './unmanaged-trees.ts';
import type { RunIdentity } from './run-identity.ts';
import { MARK_VARIABLE, type RunMarks } from './run-mark.ts';
import { sendTo, signalExactly } from './send-signal.ts';
import { endSwarm } from './swarm.ts';

/** Finds and signals all that belongs to a run: its group, its session, its descendants, and marked escaped. */
export interface ProcessTree {
  /** Whether the main process lives and is still the one that was started. A zombie does not live. */
  isAlive(run: RunIdentity): boolean;
  isStopped(run: RunIdentity): boolean;
  signal(run: RunIdentity, signal: NodeJS.Signals): void;
  signalMain(run: RunIdentity, signal: NodeJS.Signals): void;
  /** SIGSTOP until all stand still or a few rounds have passed: what is not frozen yet may go on to fork. */
  freeze(run: RunIdentity): void;
  /** SIGKILL to all; what goes on to fork meanwhile is frozen first and hunted until nothing is left. */
  kill(run: RunIdentity): void;
  /** Whether others of the tree live on after the main process has ended. `thorough` looks for those that left the group. */
  hasLeftovers(run: RunIdentity, thorough: boolean): boolean;
}

/** A tree as it was this long ago is good enough to be asked to end; what it forked since gets SIGKILL later. */
const SIGNAL_AGE_MS = 100;
const ROUNDS = 5;
const WATCH_AGE_MS = 20;

/** What the kernel keeps together of each program, where it does. */
export type Containment = Pick<Cgroups, 'membersOf' | 'isPopulated' | 'kill' | 'holds'>;

/** @param isMain whether a pid is the main process of a program: those are nobody's escaped. */
export function createProcessTree(
  readTable: ReadProcessTable,
  marks: RunMarks,
  isMain: (pid: number) => boolean,
  hasProc: boolean,
  containment: Containment | null = null,
): ProcessTree {
  const isEscaped = (pid: number, run: RunIdentity): boolean => !isMain(pid) && isMarked(pid, run, marks);
  const escapedOf = createEscapeFinder(marks, isMain);
  const foreign = new UnmanagedTrees();
  const membersOf = (run: RunIdentity, maxAgeMs: number): ProcStat[] => {
    if (!hasProc) return [];
    const table = readTable(maxAgeMs);
    if (run.isUnmanaged === true) return foreign.membersOf(run, table);
    const found = findMembers(table, run, isEscaped, run.isAdopted === true ? escapedOf : null);
    return containment?.holds(run.id) === true ? withContained(found, containment.membersOf(run.id)) : found;
  };

  return {
    isAlive: (run) => (hasProc ? isSame(readProcStat(run.pid), run) : sendTo(run.pid, 0)),
    isStopped: (run) => hasProc && readProcStat(run.pid)?.state === 'T',
    signal(run, signal) {
      const reachedGroup = canSignalGroup(run, hasProc) && sendTo(-run.pid, signal);
      for (const member of membersOf(run, SIGNAL_AGE_MS)) {
        const inGroup = reachedGroup && member.groupId === run.pid;
        if (!inGroup) signalExactly(member, signal);
      }
    },
    signalMain(run, signal) {
      if (!hasProc || isSame(readProcStat(run.pid), run)) sendTo(run.pid, signal);
    },
    freeze(run) {
      if (canSignalGroup(run, hasProc)) sendTo(-run.pid, 'SIGSTOP');
      for (let round = 0; round < ROUNDS; round++) {
        const moving = membersOf(run, 0).filter(({ state }) => state !== 'T');
        if (moving.length === 0) return;
        for (const member of moving) signalExactly(member, 'SIGSTOP');
      }
    },
    kill(run) {
      if (run.isUnmanaged !== true) containment?.kill(run.id);
      if (canSignalGroup(run, hasProc)) sendTo(-run.pid, 'SIGKILL');
      const members = membersOf(run, SIGNAL_AGE_MS);
      for (const member of members) signalExactly(member, 'SIGKILL');
      if (members.length === 0) return;
      const known = new Set(members.map(({ pid }) => pid));
      // A single process has hardly had the time; for a thousand of them /proc is not read a thousand times.
      const others = membersOf(run, members.length > 1 ? 0 : WATCH_AGE_MS).filter(({ pid }) => !known.has(pid));
      for (const member of others) signalExactly(member, 'SIGKILL');
      if (others.length > 0 && run.isUnmanaged !== true) endSwarm(run, isEscaped);
    },
    hasLeftovers(run, thorough) {
      if (run.isUnmanaged === true) return membersOf(run, WATCH_AGE_MS).some(({ pid }) => pid !== run.pid);
      if (containment?.isPopulated(run.id) === true) return true;
      if (sendTo(-run.pid, 0)) return hasProc ? membersOf(run, WATCH_AGE_MS).length > 0 : true;
      if (!thorough || !hasProc) return false;
      if (run.isAdopted === true && escapedOf(run, readTable(WATCH_AGE_MS)).length > 0) return true;
      return (readOwnChildren() ?? []).some((pid) => isEscaped(pid, run));
    },
  };
}

/**
 * Finds what escaped from an adopted run: its orphans were not given to this engine but to init or to another reaper, so
 * only their marks tell.
 */
function createEscapeFinder(marks: RunMarks, isMain: (pid: number) => boolean) {
  return (run: RunIdentity, table: ProcessTable): ProcStat[] =>
    [...table.all()].filter((stat) => {
      if (isDead(stat) || isMain(stat.pid)) return false;
      const owner = marks.ownerOfProcess(stat);
      return owner?.kind === 'run' && owner.id === run.id && owner.number <= run.run;
    });
}

function withContained(found: readonly ProcStat[], contained: readonly number[]): ProcStat[] {
  const known = new Set(found.map(({ pid }) => pid));
  const others = contained.filter((pid) => !known.has(pid)).map((pid) => readProcStat(pid));
  return [...found, ...others.filter((stat) => stat !== null).filter((stat) => !isDead(stat))];
}

/** A group may be signalled while its leader is ours, or gone: the kernel gives no new process a living group's id. */
function canSignalGroup(run: RunIdentity, hasProc: boolean): boolean {
  if (run.isUnmanaged === true) return false;
  if (!hasProc) return true;
  const leader = readProcStat(run.pid);
  return leader === null || hasStartTime(run, leader);
}

function isSame(stat: ProcStat | null, run: RunIdentity): boolean {
  return stat !== null && !isDead(stat) && hasStartTime(run, stat);
}

/** @param isEscaped those that left the group by setsid and were re-parented to us when their parent died. */
function findMembers(
  table: ProcessTable,
  run: RunIdentity,
  isEscaped: (pid: number, run: RunIdentity) => boolean,
  escapedOf: ((run: RunIdentity, table: ProcessTable) => ProcStat[]) | null,
): ProcStat[] {
  const members = new Map<number, ProcStat>();
  const main = table.get(run.pid);
  const mainIsOurs = main === undefined || hasStartTime(run, main);
  const add = (stat: ProcStat): void => {
    if (members.has(stat.pid)) return;
    members.set(stat.pid, stat);
    for (const child of table.childrenOf(stat.pid)) add(child);
  };
  if (mainIsOurs) {
    for (const stat of table.all()) {
      if (stat.groupId === run.pid || stat.sessionId === run.pid) add(stat);
    }
    if (main !== undefined) add(main);
  }
  for (const orphan of table.childrenOf(process.pid)) {
    if (orphan.pid !== run.pid && isEscaped(orphan.pid, run)) add(orphan);
  }
  for (const stat of escapedOf?.(run, table) ?? []) if (stat.pid !== run.pid) add(stat);
  return [...members.values()].filter((stat) => !isDead(stat));
}

/** Marked with this run or an earlier one of the same program: an earlier run's escaped are leftovers as well. */
function isMarked(pid: number, run: RunIdentity, marks: RunMarks): boolean {
  const mark = readEnvironmentVariable(pid, MARK_VARIABLE);
  const runNumber = mark === null ? null : marks.runNumberOf(run.id, mark);
  return runNumber !== null && runNumber <= run.run;
}
