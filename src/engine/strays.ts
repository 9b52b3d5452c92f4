import { readEnvironmentVariable } from './os/process-table.ts';
import type { Stray } from './sampling/sampler.ts';
import { MARK_VARIABLE, type RunMarks } from './os/run-mark.ts';

/** A process that a program left behind: it was re-parented to us, and the run it belongs to is over. */
export interface Leftover extends Stray {
  readonly id: string;
}

/**
 * Tells which of the engine's unexpected children are leftovers of runs that are over. The rest is let alone: a
 * daemon of a run that still lives, or, with the engine as PID 1, anybody's orphan.
 */
export function findLeftovers(
  strays: readonly Stray[],
  marks: RunMarks,
  currentRuns: ReadonlyMap<string, number | null>,
): Leftover[] {
  return strays.flatMap((stray) => {
    const mark = readEnvironmentVariable(stray.pid, MARK_VARIABLE);
    if (mark === null || !marks.isOurs(mark)) return [];
    const [, id = '', runNumber] = mark.split(':');
    const isOver = currentRuns.get(id) !== Number(runNumber);
    return currentRuns.has(id) && isOver ? [{ ...stray, id }] : [];
  });
}
