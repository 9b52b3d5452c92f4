import { HealerError } from '../../protocol/errors.ts';
import type { ManagedProgram } from '../core/managed-program.ts';
import type { LogSelection } from '../logs/run-tracker.ts';
import type { LogLine } from '../../protocol/log-line.ts';

const COUNTING = 'the numbers begin again after "healer down"';

/**
 * Returns which lines a request selects, with the number of a run that was counted back from the latest one.
 * @throws HealerError INVALID_CONFIG if the program had no such run
 */
export function selectionOf({ id, program }: ManagedProgram, { run, marks }: LogSelection): LogSelection {
  if (run === undefined) return { marks };
  const latest = program.runs;
  const number = run > 0 ? run : latest + run;
  if (latest === 0) throw new HealerError('INVALID_CONFIG', `cannot show run ${run} of "${id}": it has not run yet`);
  if (number >= 1 && number <= latest) return { marks, run: number };
  const known =
    latest === 1
      ? 'it has had one run, which "--run 0" shows'
      : `its runs are 1 to ${latest}, and 0 is the latest, -1 the one before`;
  throw new HealerError('INVALID_CONFIG', `cannot show run ${run} of "${id}": ${known}; ${COUNTING}`, {
    id,
    run,
    latest,
  });
}

/**
 * Resolves to the lines of a log; none for a current run without output.
 * @throws HealerError MISSED if the log has no trace of the selected run
 */
export async function linesOf(
  { id, program }: ManagedProgram,
  { run }: LogSelection,
  reading: Promise<readonly LogLine[]>,
): Promise<readonly LogLine[]> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof HealerError) || error.code !== 'MISSED') throw error;
    // A run is marked with its first output.
    if (run === program.runs) return [];
    const why = 'it was rotated away, or written by an earlier version of healer, which did not record runs';
    throw new HealerError('MISSED', `${error.message.replace('the log', `the log of "${id}"`)}: ${why}`, { id, run });
  }
}
