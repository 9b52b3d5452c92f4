import { readFileSync } from 'node:fs';
import { listPids, type ProcStat, readProcStat } from '../../base/proc-stat.ts';

/** Every process of the machine at one moment, with who descends from whom. */
export interface ProcessTable {
  readonly get: (pid: number) => ProcStat | undefined;
  readonly childrenOf: (pid: number) => readonly ProcStat[];
  readonly all: () => Iterable<ProcStat>;
}

/** Gives a table no older than `maxAgeMs`: ending a thousand programs must not read /proc a thousand times. */
export type ReadProcessTable = (maxAgeMs: number) => ProcessTable;

const NOBODY: readonly ProcStat[] = [];

export function createProcessTableReader(now: () => number): ReadProcessTable {
  let table: ProcessTable | undefined;
  let readAt = 0;
  return (maxAgeMs) => {
    if (table === undefined || now() - readAt > maxAgeMs) {
      table = readTable();
      // Its age counts from when it was complete: reading a large one takes longer than the age asked for.
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
    const siblings = children.get(stat.parentPid);
    if (siblings === undefined) children.set(stat.parentPid, [stat]);
    else siblings.push(stat);
  }
  return {
    get: (pid) => byPid.get(pid),
    childrenOf: (pid) => children.get(pid) ?? NOBODY,
    all: () => byPid.values(),
  };
}

/** The value of one variable in a process's environment as it was at its start; null when it cannot be read. */
export function readEnvironmentVariable(pid: number, name: string): string | null {
  try {
    const prefix = `${name}=`;
    const pair = readFileSync(`/proc/${String(pid)}/environ`, 'utf8')
      .split('\0')
      .find((candidate) => candidate.startsWith(prefix));
    return pair === undefined ? null : pair.slice(prefix.length);
  } catch {
    return null;
  }
}

/** Children of this process, those included that the kernel re-parented to it; null where the kernel cannot tell. */
export function readOwnChildren(): number[] | null {
  try {
    const self = String(process.pid);
    const list = readFileSync(`/proc/${self}/task/${self}/children`, 'utf8');
    return list.split(' ').filter(Boolean).map(Number);
  } catch {
    return null;
  }
}
