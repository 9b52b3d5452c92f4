import type { ConfigPlan, ConfigProblem, PlannedChange, ReloadResult } from '../../protocol/results/config-plan.ts';
import type { ProcessSpec } from '../../protocol/process-spec.ts';
import type { SpecDiff } from './diff-specs.ts';

/** A message has its size, and nobody reads more at once. */
const MAX_PROBLEMS = 200;

/** A difference as it is told. */
export function planOf(diff: SpecDiff): ConfigPlan {
  const change = ({ id }: ProcessSpec): PlannedChange => ({ id, fields: diff.changedFields.get(id) ?? [] });
  return {
    added: diff.added.map(({ id }) => id),
    removed: diff.removed,
    restarted: diff.changedNeedsRestart.map(change),
    changedInPlace: diff.changedInPlace.map(change),
    unchanged: diff.unchanged,
  };
}

/** Those that fit in a message, and how many more there are. */
export function fitProblems(problems: readonly ConfigProblem[]): Pick<ReloadResult, 'problems' | 'moreProblems'> {
  const shown = problems.slice(0, MAX_PROBLEMS);
  return { problems: shown, moreProblems: problems.length - shown.length };
}
