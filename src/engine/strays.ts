import { readEnvironmentVariable } from './os/process-table.ts';
import type { Stray } from './sampling/sampler.ts';
import { MARK_VARIABLE, type MarkOwner, type RunMarks } from './os/run-mark.ts';

/** A process that was left behind: it was re-parented to us, and the run or the health check it belongs to is over. */
export interface Leftover extends Stray {
  readonly owner: MarkOwner;
}

/**
 * Tells which of the engine's unexpected children are leftovers of what is over. The rest is let alone: a daemon of a
 * run that still lives, or, with the engine as PID 1, anybody's orphan.
 */
export function findLeftovers(
  strays: readonly Stray[],
  marks: RunMarks,
  isOver: (owner: MarkOwner) => boolean,
): Leftover[] {
  return strays.flatMap((stray) => {
    const mark = readEnvironmentVariable(stray.pid, MARK_VARIABLE);
    const owner = mark === null ? null : marks.ownerOf(mark);
    return owner !== null && isOver(owner) ? [{ ...stray, owner }] : [];
  });
}
