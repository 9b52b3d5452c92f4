import { formatProblem } from '../../config/reading/config-problem.ts';
import type { ConfigProblem } from '../../protocol/results/config-plan.ts';
import type { Records } from '../records/records.ts';

/** Problems recorded as events; further ones are only counted, so that a binary file does not fill the log. */
const RECORDED_PROBLEMS = 20;

/** Records new problems of sources as events. @param refused files whose edit has no effect because of its errors */
export function recordProblems(
  records: Pick<Records, 'recordEngineEvent'>,
  fresh: readonly ConfigProblem[],
  refused: readonly string[],
): void {
  for (const problem of fresh.slice(0, RECORDED_PROBLEMS)) {
    records.recordEngineEvent('config-invalid', formatProblem(problem), { ...problem });
  }
  const omitted = fresh.length - RECORDED_PROBLEMS;
  if (omitted > 0)
    records.recordEngineEvent('config-invalid', `and ${String(omitted)} more problems`, { untold: omitted });
  if (fresh.length === 0) return;
  for (const file of refused) {
    records.recordEngineEvent('config-invalid', `the edit of "${file}" has no effect until its errors are fixed`, {
      file,
    });
  }
}
