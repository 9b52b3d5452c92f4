import { readFileSync } from 'node:fs';
import { descriptors } from '../../base/descriptors.ts';
import { readChildPids } from '../../base/child-pids.ts';
import { listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';

/** All processes of the machine at one moment, with their children. */
export interface ProcessTable {
  readonly get: (pid: number) => ProcStat | undefined;
  readonly childrenOf: (pid: number) => readonly ProcStat[];
  /** Returns the processes in the process group or session with this id. */
  readonly relatedTo: (id: number) => readonly ProcStat[];
  readonly all: () => Iterable<ProcStat>;
}

/** Returns a table that is at most `maxAgeMs` old, so that stopping a thousand programs does not read /proc a thousand times. */
export type ReadProcessTable = (maxAgeMs: number) => ProcessTable;

const NONE: readonly ProcStat[] = [];

/** Creates a reader that reuses the last table while it is recent enough. `now` is monotonic time in ms. */
export function createProcessTableReader(now: () => number): ReadProcessTable {
  let table: ProcessTable | undefined;
  let readAt = 0;
  return (maxAgeMs) => {
    if (table === undefined || now() - readAt > maxAgeMs) {
      table = readTable();
      // The age counts from the end of reading, because reading a large table may take longer than `maxAgeMs`.
      readAt = now();
    }
    return table;
  };
}

function readTable(): ProcessTable {
  const byPid = new Map<number, ProcStat>();
  const children = new Map<number, ProcStat[]>();
  for (const pid of listPids()) {
    const stat = readProcStat(pid);
    if (stat === null) continue;
    byPid.set(pid, stat);
    append(children, stat.parentPid, stat);
  }
  let related: Map<number, ProcStat[]> | undefined;
  return {
    get: (pid) => byPid.get(pid),
    childrenOf: (pid) => children.get(pid) ?? NONE,
    relatedTo: (id) => (related ??= relate(byPid.values())).get(id) ?? NONE,
    all: () => byPid.values(),
  };
}

function relate(stats: Iterable<ProcStat>): Map<number, ProcStat[]> {
  const related = new Map<number, ProcStat[]>();
  for (const stat of stats) {
    append(related, stat.groupId, stat);
    if (stat.sessionId !== stat.groupId) append(related, stat.sessionId, stat);
  }
  return related;
}

function append(lists: Map<number, ProcStat[]>, key: number, stat: ProcStat): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [stat]);
  else known.push(stat);
}

/** Returns a variable of the environment that a process was started with, or null if it is not set or cannot be read. */
export function readEnvironmentVariable(pid: number, name: string): string | null {
  try {
    const prefix = `${name}=`;
    const pair = descriptors
      .withReserve(() => readFileSync(`/proc/${String(pid)}/environ`, 'utf8'))
      .split('\0')
      .find((candidate) => candidate.startsWith(prefix));
    return pair === undefined ? null : pair.slice(prefix.length);
  } catch {
    return null;
  }
}

/** Returns the children of this process, including orphans re-parented to it, or null if the kernel does not support it. */
export function readOwnChildren(): readonly number[] | null {
  try {
    return readChildPids(process.pid);
  } catch {
    return null;
  }
}
