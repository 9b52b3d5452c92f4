import type { Run } from '../../policy/lifecycle/state.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { Clock } from '../core/clock.ts';
import type { DuplicateSearch, ProgramRun } from '../core/ports.ts';
import { momentOf } from './boot-ports.ts';
import type { UnmanagedProcesses } from './unmanaged-processes.ts';

interface Adopting {
  readonly unmanaged: UnmanagedProcesses;
  followAdopted(spec: ProcessSpec, target: ProgramRun): void;
}

/** Adopts the running process of a program as its next run, if there is exactly one. */
export function adoptDuplicate(
  spec: ProcessSpec,
  runNumber: number,
  clock: Clock,
  adopting: Adopting,
): DuplicateSearch {
  const duplicates = adopting.unmanaged.atStart(spec);
  const [duplicate] = duplicates;
  if (duplicate === undefined) return { kind: 'none' };
  if (duplicates.length > 1) return { kind: 'several', pids: duplicates.map(({ pid }) => pid) };
  const { pid, startTicks, state } = duplicate;
  const startedAt = momentOf(clock, startTicks);
  const run: Run = { number: runNumber, pid, startTicks, startedAt, adopted: true, foreign: true };
  adopting.followAdopted(spec, { id: spec.id, run });
  return { kind: 'one', run, paused: state === 'T' };
}
