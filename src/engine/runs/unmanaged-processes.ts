import type { ProcStat } from '../../base/proc-stat.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import { resolveCredentials } from '../os/credentials.ts';
import type { ReadProcessTable } from '../os/process-table.ts';
import { createDuplicateFinder, type DuplicateQuery } from '../os/running-duplicates.ts';

/** Shorter than a tick, so that each one sees new processes. */
const NEW_NAMES_AGE_MS = 500;

/** Finds the unmanaged processes of the same program. */
export interface UnmanagedProcesses {
  /** For a start. Programs that start together share one list of names. */
  readonly atStart: (spec: ProcessSpec) => readonly ProcStat[];
  /** While the engine runs, with a list of its own: it must not make the list for the next start outdated. */
  readonly now: (spec: ProcessSpec) => readonly ProcStat[];
}

/** @param isMain returns whether a pid is the main process of a program */
export function createUnmanagedProcesses(
  now: () => number,
  readTable: ReadProcessTable,
  isMain: (pid: number) => boolean,
): UnmanagedProcesses {
  const findAtStart = createDuplicateFinder(now, readTable, isMain);
  const findNow = createDuplicateFinder(now, readTable, isMain, NEW_NAMES_AGE_MS);
  return { atStart: (spec) => findAtStart(queryOf(spec)), now: (spec) => findNow(queryOf(spec)) };
}

function queryOf({ user, group, command, args, cwd }: ProcessSpec): DuplicateQuery {
  const uid = resolveCredentials(user, group)?.uid ?? process.geteuid?.() ?? 0;
  return { argv: [command, ...args], cwd: cwd ?? process.cwd(), uid };
}
