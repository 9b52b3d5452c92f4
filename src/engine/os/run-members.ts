import { readdirSync } from 'node:fs';
import { readChildPids } from '../../base/child-pids.ts';
import { descriptors } from '../../base/descriptors.ts';
import { hasStartTime } from '../../base/process-identity.ts';
import { isDead, type ProcStat, readProcStat } from '../../base/proc-stat.ts';
import type { Orphans } from './orphans.ts';
import type { ProcessTable } from './process-table.ts';
import type { RunIdentity } from './run-identity.ts';
import type { RunMarks } from './run-mark.ts';

/**
 * Returns the living processes of a run by descending from its main process, and from orphans that were re-parented to this
 * process. The cost depends on the size of the tree alone. Requires that this process is a subreaper, and the parent of the
 * run.
 * @param sessionId the session of the run, unless its main process leads it
 */
export function findByDescent(run: RunIdentity, sessionId: number | null, orphans: Orphans): ProcStat[] {
  const members = new Map<number, ProcStat>();
  const main = readProcStat(run.pid);
  if (main === null || hasStartTime(run, main)) {
    if (main !== null) descend(main, members);
    for (const id of [run.pid, sessionId]) {
      if (id !== null) for (const orphan of orphans.relatedTo(id)) descend(orphan, members);
    }
  }
  for (const orphan of orphans.markedFor(run.id, run.run)) if (orphan.pid !== run.pid) descend(orphan, members);
  return [...members.values()].filter((stat) => !isDead(stat));
}

function descend(stat: ProcStat, members: Map<number, ProcStat>): void {
  if (members.has(stat.pid)) return;
  members.set(stat.pid, stat);
  for (const pid of childrenOf(stat)) {
    if (members.has(pid)) continue;
    const child = readProcStat(pid);
    if (child !== null) descend(child, members);
  }
}

/** Returns the children of all threads of a process. The kernel may skip some while others exit, so it is asked twice. */
function childrenOf({ pid, threads }: ProcStat): Iterable<number> {
  const children = new Set<number>();
  for (const tid of threads > 1 ? threadsOf(pid) : [pid]) {
    const listed = readChildren(pid, tid);
    for (const child of listed) children.add(child);
    if (listed.length > 1) for (const child of readChildren(pid, tid)) children.add(child);
  }
  return children;
}

function threadsOf(pid: number): readonly number[] {
  try {
    return descriptors.withReserve(() => readdirSync(`/proc/${String(pid)}/task`)).map(Number);
  } catch {
    return [pid];
  }
}

/** Returns no children if the thread is gone. */
function readChildren(pid: number, tid: number): readonly number[] {
  try {
    return readChildPids(pid, tid);
  } catch {
    return [];
  }
}

/** How members of a run are recognized that left its group and its descendants. */
export interface EscapedFinder {
  /** The session of the run, unless its main process leads it. */
  readonly sessionId: number | null;
  /** Whether an orphan re-parented to the engine carries the mark of the run. */
  readonly isEscaped: (pid: number, run: RunIdentity) => boolean;
  /** Returns the processes that carry a mark of the run wherever they are, without main processes. */
  readonly escapedOf: (run: RunIdentity, table: ProcessTable) => readonly ProcStat[];
}

/** Returns the living processes of a run as a table of all processes shows them. */
export function findInTable(
  table: ProcessTable,
  run: RunIdentity,
  { sessionId, isEscaped, escapedOf }: EscapedFinder,
): ProcStat[] {
  const members = new Map<number, ProcStat>();
  const main = table.get(run.pid);
  const add = (stat: ProcStat): void => {
    if (members.has(stat.pid)) return;
    members.set(stat.pid, stat);
    for (const child of table.childrenOf(stat.pid)) add(child);
  };
  if (main === undefined || hasStartTime(run, main)) {
    for (const id of [run.pid, sessionId]) if (id !== null) for (const stat of table.relatedTo(id)) add(stat);
    if (main !== undefined) add(main);
  }
  if (run.isAdopted === true) {
    for (const stat of escapedOf(run, table)) if (stat.pid !== run.pid) add(stat);
  } else {
    for (const orphan of table.childrenOf(process.pid)) {
      if (orphan.pid !== run.pid && isEscaped(orphan.pid, run)) add(orphan);
    }
  }
  return [...members.values()].filter((stat) => !isDead(stat));
}

/**
 * Creates a finder of the processes that escaped from an adopted run. Its orphans were re-parented to init or another reaper
 * instead of this engine, so only their marks identify them. A table is searched once for all runs.
 */
export function createEscapeFinder(marks: RunMarks, isMain: (pid: number) => boolean): EscapedFinder['escapedOf'] {
  const searched = new WeakMap<ProcessTable, ReadonlyMap<string, readonly ProcStat[]>>();
  return (run, table) => {
    const marked = searched.get(table) ?? markedIn(table, marks, isMain);
    searched.set(table, marked);
    const own = marked.get(run.id) ?? [];
    return own.filter((stat) => !isMain(stat.pid) && (marks.ownerOfProcess(stat)?.number ?? Infinity) <= run.run);
  };
}

function markedIn(
  table: ProcessTable,
  marks: RunMarks,
  isMain: (pid: number) => boolean,
): ReadonlyMap<string, readonly ProcStat[]> {
  const marked = new Map<string, ProcStat[]>();
  for (const stat of table.all()) {
    if (isDead(stat) || isMain(stat.pid)) continue;
    const owner = marks.ownerOfProcess(stat);
    if (owner?.kind !== 'run') continue;
    const known = marked.get(owner.id);
    if (known === undefined) marked.set(owner.id, [stat]);
    else known.push(stat);
  }
  return marked;
}
