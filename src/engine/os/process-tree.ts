import { hasStartTime } from '../../base/process-identity.ts';
import type { Cgroups } from './cgroups.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import { EarlierRuns } from './earlier-runs.ts';
import { DaemonSessions } from './daemon-sessions.ts';
import { Orphans } from './orphans.ts';
import { readOwnChildren, type ReadProcessTable } from './process-table.ts';
import { UnmanagedTrees } from './unmanaged-trees.ts';
import type { RunIdentity } from './run-identity.ts';
import { createEscapeFinder, findByDescent, findInTable } from './run-members.ts';
import type { RunMarks } from './run-mark.ts';
import { StrayMembers } from './stray-members.ts';
import { sendTo, signalExactly } from './send-signal.ts';
import { endSwarm } from './swarm.ts';

/** `main`: the main process; `group`: its process group; `outside-group`: the rest of the tree; `tree`: all processes. */
export type SignalReceivers = 'main' | 'group' | 'outside-group' | 'tree';

/** Finds and signals the processes of a run: its group, its session, its descendants, and escaped processes with its mark. */
export interface ProcessTree {
  /** Notes what identifies a run whose main process this engine did not start. Call it while that process is alive. */
  follow(run: RunIdentity): void;
  /** Returns whether the main process is alive and still the one that was started. A zombie is not alive. */
  isAlive(run: RunIdentity): boolean;
  /** Returns whether the main process is stopped by SIGSTOP. */
  isStopped(run: RunIdentity): boolean;
  /** Signals some processes of the run, each once. */
  signal(run: RunIdentity, signal: NodeJS.Signals, to: SignalReceivers): void;
  /** Sends SIGSTOP for a few rounds until all are stopped, because a process that still runs may fork. */
  freeze(run: RunIdentity): void;
  /** Sends SIGKILL to all. A tree that keeps forking is frozen first, then killed until none of its processes is left. */
  kill(run: RunIdentity): void;
  /** Returns the living processes of the run. */
  membersOf(run: RunIdentity): readonly ProcStat[];
  /** Returns whether other processes of the run outlive the main process. `thorough` includes those that left its group. */
  hasLeftovers(run: RunIdentity, thorough: boolean): boolean;
  /** Lists the other processes of the run. */
  leftovers(run: RunIdentity): readonly ProcStat[];
  /** Children of this process have exited, so that their own children were re-parented to it. */
  childrenExited(): void;
}

/** How old a process table may be for a signal: processes forked since then are killed later. */
const SIGNAL_AGE_MS = 100;
const ROUNDS = 5;
const WATCH_AGE_MS = 20;

/** The cgroups of programs, where available. */
export type Containment = Pick<Cgroups, 'membersOf' | 'isPopulated' | 'kill' | 'holds'>;

/** What access to processes depends on. */
export interface ProcessTreeOptions {
  readonly readTable: ReadProcessTable;
  readonly marks: RunMarks;
  /** Returns whether a pid is the main process of a program, which is never an escaped process. */
  readonly isMain: (pid: number) => boolean;
  /** Returns whether a program leaves its leftover processes running, so that they do not belong to its later runs. */
  readonly leaves?: (id: string) => boolean;
  /** Returns whether an earlier run of a program left processes running on purpose. */
  readonly hasLeft?: (id: string) => boolean;
  /** Whether /proc is available. Without it, only process groups are signaled. */
  readonly hasProc: boolean;
  /** Whether orphans of programs are re-parented to this process. */
  readonly isSubreaper?: boolean;
  readonly containment?: Containment | null;
}

/** Creates the part that finds the members of runs. */
function createMemberFinder(options: ProcessTreeOptions, sessions: DaemonSessions) {
  const { readTable, marks, isMain, hasProc, isSubreaper = false, containment = null } = options;
  const { leaves = () => false, hasLeft = () => false } = options;
  const isEscaped = (pid: number, run: RunIdentity): boolean => {
    const runNumber = isMain(pid) ? null : markedRunOf(pid, run, marks);
    return runNumber !== null && (leaves(run.id) ? runNumber === run.run : runNumber <= run.run);
  };
  const earlier = new EarlierRuns({ leaves, hasLeft, marks, sessions });
  const escapedOf = createEscapeFinder(marks, isMain);
  const strays = new StrayMembers(marks);
  const unmanaged = new UnmanagedTrees();
  const orphans = new Orphans(isMain, marks.ownerOfProcess);
  const canDescend = hasProc && isSubreaper && readOwnChildren() !== null;
  const find = (run: RunIdentity, maxAgeMs: number): ProcStat[] => {
    const sessionId = sessions.of(run);
    return canDescend && run.isAdopted !== true
      ? findByDescent(run, sessionId, orphans)
      : findInTable(readTable(maxAgeMs), run, { sessionId, isEscaped, escapedOf });
  };
  const membersOf = (run: RunIdentity, maxAgeMs: number): readonly ProcStat[] => {
    if (!hasProc) return [];
    if (run.isUnmanaged === true) return unmanaged.membersOf(run, readTable(maxAgeMs));
    if (maxAgeMs === 0) orphans.invalidate();
    const found = find(run, maxAgeMs);
    const contained = containment?.holds(run.id) === true ? containment.membersOf(run.id) : [];
    const others = [...contained, ...strays.of(run).map(({ pid }) => pid)];
    return earlier.without(run, withContained(found, others)).filter((stat) => !isOfOtherMain(stat, run, isMain));
  };
  return { membersOf, isEscaped, escapedOf, orphans, strays };
}

/** Creates access to the processes of runs. */
export function createProcessTree(options: ProcessTreeOptions): ProcessTree {
  const { readTable, hasProc, containment = null, leaves = () => false, hasLeft = () => false } = options;
  // Not all processes of the cgroup belong to the current run.
  const isShared = (id: string): boolean => leaves(id) || hasLeft(id);
  const sessions = new DaemonSessions();
  const { membersOf, isEscaped, escapedOf, orphans, strays } = createMemberFinder(options, sessions);

  return {
    follow: (run) => {
      if (hasProc) sessions.note(run);
    },
    membersOf: (run) => membersOf(run, 0),
    isAlive: (run) => (hasProc ? isSame(readProcStat(run.pid), run) : sendTo(run.pid, 0)),
    isStopped: (run) => hasProc && readProcStat(run.pid)?.state === 'T',
    signal(run, signal, to) {
      if (hasProc && canStray(run, containment) && !isShared(run.id)) strays.note(run, membersOf(run, SIGNAL_AGE_MS));
      // An adopted unmanaged process may share its group with others, so only the process itself is signaled.
      if (to === 'main' || (to === 'group' && run.isUnmanaged === true)) {
        if (!hasProc || isSame(readProcStat(run.pid), run)) sendTo(run.pid, signal);
        return;
      }
      const ownsGroup = canSignalGroup(run, hasProc);
      const skipsGroup = ownsGroup && (to === 'outside-group' || sendTo(-run.pid, signal));
      if (to === 'group') return;
      for (const member of membersOf(run, SIGNAL_AGE_MS)) {
        const inGroup = skipsGroup && member.groupId === run.pid;
        if (!inGroup) signalExactly(member, signal);
      }
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
      if (run.isUnmanaged !== true && !isShared(run.id)) containment?.kill(run.id);
      if (canSignalGroup(run, hasProc)) sendTo(-run.pid, 'SIGKILL');
      const members = membersOf(run, SIGNAL_AGE_MS);
      for (const member of members) signalExactly(member, 'SIGKILL');
      if (members.length === 0) return;
      const known = new Set(members.map(({ pid }) => pid));
      // A single process has hardly had time to fork, so killing a thousand of them does not read /proc a thousand times.
      const others = membersOf(run, members.length > 1 ? 0 : WATCH_AGE_MS).filter(({ pid }) => !known.has(pid));
      for (const member of others) signalExactly(member, 'SIGKILL');
      if (others.length > 0 && run.isUnmanaged !== true) endSwarm(run, sessions.of(run), isEscaped);
    },
    hasLeftovers(run, thorough) {
      if (run.isUnmanaged === true || (hasProc && isShared(run.id)))
        return membersOf(run, WATCH_AGE_MS).some(({ pid }) => pid !== run.pid);
      if (containment?.isPopulated(run.id) === true) return true;
      if (strays.of(run).length > 0) return true;
      if (sendTo(-run.pid, 0)) return hasProc ? membersOf(run, WATCH_AGE_MS).length > 0 : true;
      if (!thorough || !hasProc) return false;
      if (sessions.of(run) !== null) return membersOf(run, WATCH_AGE_MS).some(({ pid }) => pid !== run.pid);
      if (run.isAdopted === true && escapedOf(run, readTable(WATCH_AGE_MS)).length > 0) return true;
      return orphans.markedFor(run.id, run.run).length > 0;
    },
    leftovers: (run) => membersOf(run, WATCH_AGE_MS).filter(({ pid }) => pid !== run.pid),
    childrenExited: () => orphans.invalidate(),
  };
}

/** Returns whether processes of a run can get lost: those of a cgroup cannot, and those of unmanaged trees are remembered. */
function canStray({ id, isUnmanaged }: RunIdentity, containment: Containment | null): boolean {
  return isUnmanaged !== true && containment?.holds(id) !== true;
}

/** Returns whether a process is, or was started by, the main process of another run that is alive at the same time. */
function isOfOtherMain({ pid, sessionId }: ProcStat, run: RunIdentity, isMain: (pid: number) => boolean): boolean {
  const isOther = (each: number): boolean => each !== run.pid && isMain(each);
  return isOther(pid) || isOther(sessionId);
}

function withContained(found: readonly ProcStat[], contained: readonly number[]): ProcStat[] {
  const known = new Set(found.map(({ pid }) => pid));
  const others = contained.filter((pid) => !known.has(pid)).map((pid) => readProcStat(pid));
  return [...found, ...others.filter((stat) => stat !== null).filter((stat) => !isDead(stat))];
}

/** A group may be signaled if its leader is ours or gone: the kernel does not reuse the id of an existing group as a pid. */
function canSignalGroup(run: RunIdentity, hasProc: boolean): boolean {
  if (run.isUnmanaged === true) return false;
  if (!hasProc) return true;
  const leader = readProcStat(run.pid);
  return leader === null || hasStartTime(run, leader);
}

function isSame(stat: ProcStat | null, run: RunIdentity): boolean {
  return stat !== null && !isDead(stat) && hasStartTime(run, stat);
}

/** Returns the number of the run of this program that started an escaped process; null if it is not marked. */
function markedRunOf(pid: number, run: RunIdentity, marks: RunMarks): number | null {
  const owner = marks.ownerOfPid(pid);
  return owner?.kind === 'run' && owner.id === run.id ? owner.number : null;
}
