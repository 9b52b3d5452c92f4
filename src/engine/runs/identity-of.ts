import type { ProgramRun } from '../core/ports.ts';
import type { RunIdentity } from '../os/run-identity.ts';

/** Returns how the processes of a run are found. Those of a forked run may be children of another process than the engine. */
export function identityOf({ id, run }: ProgramRun): RunIdentity {
  const { number, pid, startTicks, foreign = false, adopted, forked = false } = run;
  return { id, run: number, pid, startTicks, isUnmanaged: foreign, isAdopted: adopted || forked };
}
